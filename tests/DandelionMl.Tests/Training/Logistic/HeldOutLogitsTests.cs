using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class HeldOutLogitsTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void FindTemperature_two_classes_finds_what_the_logits_were_multiplied_by(double factor)
    {
        // Of a hundred photos with one logit as many are of the second class as its probability says.
        var photos = Enumerable.Range(-30, 61).SelectMany(step => Enumerable.Range(0, 100).Select(index =>
            (Logit: step / 10.0, Target: index < Math.Round(100 / (1 + Math.Exp(-step / 10.0))) ? 1 : 0))).ToList();
        var logits = new HeldOutLogits([.. photos.Select(photo => factor * photo.Logit)], [.. Enumerable.Range(0, photos.Count)], [.. photos.Select(photo => photo.Target)], 1, [1, 1]);

        var temperature = logits.FindTemperature();

        Assert.Equal(factor, temperature, factor * 0.02);
        Assert.True(logits.Loss(temperature) <= logits.Loss(1) + 1e-9);
    }

    [Fact]
    public void FindTemperature_three_classes_too_sure_is_above_one()
    {
        var photos = Enumerable.Range(0, 300).Select(index => (Target: index % 3, Said: index % 4 == 0 ? (index + 1) % 3 : index % 3)).ToList();
        var logits = new HeldOutLogits(
            [.. photos.SelectMany(photo => Enumerable.Range(0, 3).Select(output => output == photo.Said ? 10.0 : 0))],
            [.. Enumerable.Range(0, photos.Count)], [.. photos.Select(photo => photo.Target)], 3, [1, 1, 1]);

        var temperature = logits.FindTemperature();

        // Three quarters are right: e^(10/T) is six times as much as the other two together are one each.
        Assert.Equal(10 / Math.Log(6), temperature, 0.1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void FindTemperature_all_right_stays_above_zero(int outputs)
    {
        var targets = Enumerable.Range(0, 20).Select(index => index % 2).ToArray();
        var logits = new HeldOutLogits(
            [.. targets.SelectMany(target => Enumerable.Range(0, outputs).Select(output => outputs == 1 ? (2.0 * target) - 1 : output == target ? 1 : 0.0))],
            [.. Enumerable.Range(0, targets.Length)], targets, outputs, [1, 1, 1]);

        Assert.InRange(logits.FindTemperature(), 0.2, 0.9);
    }

    [Fact]
    public void FindTemperature_equal_logits_changes_nothing() =>
        Assert.Equal(1, new HeldOutLogits([0, 0, 0, 0], [0, 1, 2, 3], [0, 1, 0, 1], 1, [1, 1]).FindTemperature());
}
