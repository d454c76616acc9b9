using DandelionMl.Imaging;
using DandelionMl.Labels;
using DandelionMl.Storage;

namespace DandelionMl.Tests.Labels;

public sealed class ImageLabelTests
{
    private static readonly string Sha256 = new('0', 64);

    [Theory]
    [InlineData("x", 50)]
    [InlineData("草", 50)]
    [InlineData("🌼", 26)]
    [InlineData("🌼", 47)]
    [InlineData("👩‍🌾", 16)]
    public void A_label_is_measured_in_characters_and_fits_a_file_name(string character, int count)
    {
        var label = string.Concat(Enumerable.Repeat(character, count));
        ImageLabel.Check(label);

        Assert.All(StorageKeys.Raw(label, Sha256, ImageFormat.Jpeg).Split('/'), segment => Assert.InRange(segment.Length, 1, 255));
    }

    [Theory]
    [InlineData(" \t")]
    [InlineData("\u3000")]
    [InlineData("grass\u202E")]
    [InlineData("\uFEFFgrass")]
    [InlineData("gra\u00ADss")]
    [InlineData("grass\u2028")]
    public void A_label_that_looks_like_another_or_like_nothing_is_refused(string label) =>
        Assert.Throws<InvalidLabelException>(() => ImageLabel.Check(label));

    [Theory]
    [InlineData("", 0, "it has 0 characters")]
    [InlineData("x", 51, "it has 51 characters")]
    [InlineData("🌼", 51, "it has 51 characters")]
    [InlineData("👩‍🌾", 26, "its 26 characters are too long together")]
    [InlineData("🌼", 48, "its 48 characters are too long together")]
    public void A_longer_one_is_refused_with_the_number_that_people_see(string character, int count, string part)
    {
        var thrown = Assert.Throws<InvalidLabelException>(() => ImageLabel.Check(string.Concat(Enumerable.Repeat(character, count))));

        Assert.Contains(part, thrown.Message, StringComparison.Ordinal);
    }
}
