using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class LinearHeadTests
{
    [Fact]
    public void Classify_two_classes_gives_the_logistic_of_the_logit()
    {
        var head = new LinearHead(2, [1, -2], [0.5f]);

        var probabilities = head.Classify([3, 1]);

        Assert.Equal(1 / (1 + Math.Exp(1.5)), probabilities[0], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-1.5)), probabilities[1], 1e-6);
    }

    [Fact]
    public void Classify_three_classes_gives_the_softmax_of_the_logits_divided_by_the_temperature()
    {
        var head = new LinearHead(3, [1, 2, 3], [0, 0, 0], temperature: 2);

        var probabilities = head.Classify([1]);

        var exponentials = new[] { 0.5, 1.0, 1.5 }.Select(Math.Exp).ToArray();
        Assert.All(probabilities.Zip(exponentials), pair => Assert.Equal(pair.Second / exponentials.Sum(), pair.First, 1e-6));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Classify_huge_logits_stay_finite(int classes)
    {
        var outputs = classes == 2 ? 1 : classes;
        var head = new LinearHead(classes, [.. Enumerable.Range(1, outputs).Select(value => value * 1e6f)], new float[outputs]);

        var probabilities = head.Classify([1]);

        Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1));
        Assert.Equal(1, probabilities.Sum(), 1e-5f);
    }

    [Theory]
    [InlineData(2, 4, 2)]
    [InlineData(3, 7, 3)]
    [InlineData(3, 0, 3)]
    public void Constructor_lengths_that_do_not_agree_are_refused(int classes, int weights, int bias) =>
        Assert.Throws<ArgumentException>(() => new LinearHead(classes, new float[weights], new float[bias]));

    [Fact]
    public void Classify_embedding_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new LinearHead(2, [1, 2, 3], [0]).Classify([1, 2]));
}
