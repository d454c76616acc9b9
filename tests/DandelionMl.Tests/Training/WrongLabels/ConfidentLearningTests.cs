using DandelionMl.Training.WrongLabels;

namespace DandelionMl.Tests.Training.WrongLabels;

public sealed class ConfidentLearningTests
{
    [Fact]
    public void Rank_least_plausible_label_comes_first_with_its_numbers()
    {
        var ranked = ConfidentLearning.Rank([[0.9f, 0.1f], [0.2f, 0.8f], [0.8f, 0.2f], [0.3f, 0.7f]], [0, 0, 1, 1]);

        Assert.Equal([1, 2, 3, 0], ranked.Select(doubt => doubt.Photo));
        Assert.Equal((0, 1, 0.2f, 0.8f), (ranked[0].Given, ranked[0].Likely, ranked[0].GivenProbability, ranked[0].LikelyProbability));
        Assert.Equal(-0.6f, ranked[0].Margin, 1e-6f);
    }

    /// <summary>The thresholds are 0.55 for the first class and 0.45 for the second: the second photo is counted to the second class, the third to the
    /// first.</summary>
    [Fact]
    public void Rank_flags_what_is_off_the_diagonal_of_the_confident_joint()
    {
        var ranked = ConfidentLearning.Rank([[0.9f, 0.1f], [0.2f, 0.8f], [0.8f, 0.2f], [0.3f, 0.7f]], [0, 0, 1, 1]);

        Assert.Equal([1, 2], ranked.Where(doubt => doubt.IsFlagged).Select(doubt => doubt.Photo).Order());
    }

    /// <summary>A class that is hard to tell needs less to be believed: 0.4 of it is more than its own photos have on average.</summary>
    [Fact]
    public void Rank_a_hard_class_has_a_low_threshold()
    {
        var ranked = ConfidentLearning.Rank(
            [[0.99f, 0.01f], [0.98f, 0.02f], [0.6f, 0.4f], [0.7f, 0.3f], [0.7f, 0.3f]], [0, 0, 0, 1, 1]);

        Assert.True(ranked.Single(doubt => doubt.Photo == 2).IsFlagged);
        Assert.False(ranked.Single(doubt => doubt.Photo == 3).IsFlagged);
    }

    [Fact]
    public void Rank_of_several_classes_names_the_most_probable_other()
    {
        var ranked = ConfidentLearning.Rank([[0.1f, 0.3f, 0.6f], [0.1f, 0.8f, 0.1f], [0.2f, 0.1f, 0.7f]], [0, 1, 2]);

        Assert.Equal((0, 2), (ranked[0].Photo, ranked[0].Likely));
    }

    [Fact]
    public void Rank_photos_without_probabilities_are_left_out()
    {
        var ranked = ConfidentLearning.Rank([null, [0.9f, 0.1f], [0.1f, 0.9f]], [1, 0, 1]);

        Assert.Equal([1, 2], ranked.Select(doubt => doubt.Photo).Order());
        Assert.Empty(ConfidentLearning.Rank([], []));
    }
}
