using CsCheck;
using DandelionMl.Imaging;
using DandelionMl.Labels;
using DandelionMl.Storage;

namespace DandelionMl.Tests.Storage;

public sealed class StorageKeysTests
{
    private static readonly string Sha256 = new('a', 64);

    private static readonly Gen<string> Labels = Gen.Frequency(
            (1, Gen.Char.AlphaNumeric),
            (1, Gen.Char[' ', '~']),
            (1, Gen.Char['\u00a0', '\u2fff']))
        .Array[1, ImageLabel.MaxLength].Select(characters => new string(characters)).Where(IsLabel);

    private static bool IsLabel(string text)
    {
        try
        {
            ImageLabel.Check(text);
            return true;
        }
        catch (InvalidLabelException)
        {
            return false;
        }
    }

    [Fact]
    public void Raw_any_label_is_a_valid_key_that_tells_the_label() => Labels.Sample(
        label =>
        {
            var key = StorageKeys.Raw(label, Sha256, ImageFormat.WebP);
            StorageKeys.Validate(key);
            StorageKeys.Validate(StorageKeys.Corrected(label, Sha256, ImageFormat.WebP));
            var segments = key.Split('/');
            Assert.Equal(["raw", segments[1], $"{Sha256}.webp"], segments);
            Assert.InRange(segments[1].Length, 1, 255);
            Assert.Equal(label, LabelSegment.Decode(segments[1]));
        },
        seed: "0000KO7tq6S4");

    [Fact]
    public void Encode_two_labels_give_two_segments() => Gen.Select(Labels, Labels).Sample(
        (one, other) => Assert.Equal(one == other, LabelSegment.Encode(one) == LabelSegment.Encode(other)),
        seed: "0000KO7tq6S4");

    [Fact]
    public void Validate_any_accepted_text_stays_below_a_folder() => Gen.Char["/.\\ab~: %=+-_\0é"].Array[0, 12].Sample(
        characters =>
        {
            var key = new string(characters);
            var isAccepted = IsAccepted(key);
            var root = Path.GetFullPath("/root-of-it-all");
            var path = Path.GetFullPath(Path.Combine(root, key.Replace('\0', '0')));
            Assert.True(!isAccepted || path == root + "/" + key, key);
            Assert.Equal(isAccepted, key.Split('/').All(s => s is not ("" or "." or "..") && s.All(c => "ab.%=+-_".Contains(c))));
        },
        seed: "0000KO7tq6S4");

    [Theory]
    [InlineData("dandelion", "dandelion")]
    [InlineData("rocket salad", "rocket%20salad")]
    [InlineData("..", "%2E%2E")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("new_data", "new%5Fdata")]
    [InlineData("=x", "%3Dx")]
    [InlineData("é", "%C3%A9")]
    public void Encode_label_is_readable(string label, string segment)
    {
        Assert.Equal(segment, LabelSegment.Encode(label));
        Assert.Equal(label, LabelSegment.Decode(segment));
    }

    [Fact]
    public void Encode_long_label_fits_a_file_name()
    {
        var label = new string('草', ImageLabel.MaxLength);

        Assert.Equal(201, LabelSegment.Encode(label).Length);
        Assert.Equal(label, LabelSegment.Decode(LabelSegment.Encode(label)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%2")]
    [InlineData("%zz")]
    [InlineData("%64")]
    [InlineData("%2e")]
    [InlineData("%FF")]
    [InlineData("new_data")]
    [InlineData("a b")]
    [InlineData("=!")]
    [InlineData("=ZGFuZGVsaW9u")]
    public void Decode_other_text_throws(string segment) => Assert.Throws<InvalidLabelException>(() => LabelSegment.Decode(segment));

    [Fact]
    public void Keys_are_as_documented()
    {
        Assert.Equal($"raw/grass/{Sha256}.jpg", StorageKeys.Raw("grass", Sha256, ImageFormat.Jpeg));
        Assert.Equal($"raw/new_data/pending_validation/{Sha256}.png", StorageKeys.Pending(Sha256, ImageFormat.Png));
        Assert.Equal($"raw/new_data/corrected_data/grass/{Sha256}.jpg", StorageKeys.Corrected("grass", Sha256, ImageFormat.Jpeg));
        Assert.Equal(
            "model/2026-03-01/dinov2_classifier_12.safetensors",
            StorageKeys.Model(new DateOnly(2026, 3, 1), "dinov2_classifier", 12));
    }

    [Fact]
    public void Keys_of_malformed_parts_throw()
    {
        Assert.Throws<ArgumentException>(() => StorageKeys.Raw("grass", "../../etc/passwd", ImageFormat.Jpeg));
        Assert.Throws<ArgumentException>(() => StorageKeys.Pending(new string('A', 64), ImageFormat.Jpeg));
        Assert.Throws<InvalidLabelException>(() => StorageKeys.Raw("", Sha256, ImageFormat.Jpeg));
        Assert.Throws<InvalidStorageKeyException>(() => StorageKeys.Model(new DateOnly(2026, 3, 1), "a b", 1));
    }

    private static bool IsAccepted(string key)
    {
        try
        {
            StorageKeys.Validate(key);
            return true;
        }
        catch (InvalidStorageKeyException)
        {
            return false;
        }
    }
}
