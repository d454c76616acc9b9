using CsCheck;
using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class ImageSourceTests
{
    private static readonly Gen<string> Names =
        Gen.Char["ab%41C3# ?\\\t\né🌼\u200e\u202e~()'!+"].Where(c => !char.IsSurrogate(c)).Array[1, 12].Select(name => new string(name))
            .Where(name => name.Trim('.').Length > 0);

    [Theory]
    [InlineData("/photos/%41/x.jpg")]
    [InlineData("/photos/L%C3%B6wenzahn.jpg")]
    [InlineData("/photos/IMG%5F1.jpg")]
    [InlineData("/photos/a b#1?.jpg")]
    [InlineData("/photos/a\\b.jpg")]
    [InlineData("/photos/blank at the end ")]
    [InlineData("/photos/left\u200eto right.jpg")]
    [InlineData("/photos/100%.jpg")]
    public void A_path_is_kept_as_it_is(string path)
    {
        var source = ImageSource.OfFile(path);

        Assert.True(ImageSource.TryNormalise(source, out var normalised, out _));
        Assert.Equal(source, normalised);
        Assert.Equal(path, ImageSource.ToPath(new Uri(normalised)));
    }

    [Fact]
    public void Any_path_is_kept_as_it_is() => Names.Sample(
        name =>
        {
            var path = "/photos/" + name;
            Assert.True(ImageSource.TryNormalise(ImageSource.OfFile(path), out var normalised, out _));
            Assert.Equal(ImageSource.OfFile(path), normalised);
            Assert.Equal(path, ImageSource.ToPath(new Uri(normalised)));
        },
        seed: "0000KO7tq6S4");

    [Theory]
    [InlineData("/photos/IMG_0001 (1).JPG")]
    [InlineData("/photos/Löwenzahn, groß & schön;'x'!*@:=+$[1]~.jpg")]
    [InlineData("/photos/^{}|\"<>`#?.jpg")]
    public void A_path_has_the_source_that_earlier_versions_gave_it(string path) =>
        Assert.Equal(new Uri(path).AbsoluteUri, ImageSource.OfFile(path));

    [Theory]
    [InlineData("file:///a/%C3%A4%20b.jpg", "/a/ä b.jpg")]
    [InlineData("file:///a/b.jpg#sha256=00", "/a/b.jpg")]
    [InlineData("https://anna:secret@example.org/x.jpg", "https://example.org/x.jpg")]
    [InlineData("http://anna:secret@example.org:99999/x@2.jpg", "http://example.org:99999/x@2.jpg")]
    [InlineData("https://example.org/x@2.jpg?t=1", "https://example.org/x@2.jpg?t=1")]
    [InlineData("file:///a/%1B%5B31m.jpg", "/a/\uFFFD[31m.jpg")]
    public void A_source_is_shown_as_people_read_it(string source, string shown) => Assert.Equal(shown, ImageSource.Display(source));

    [Theory]
    [InlineData("file:/a/b.jpg", "file:///a/b.jpg")]
    [InlineData("FILE://LOCALHOST/a/b.jpg", "file:///a/b.jpg")]
    [InlineData("file:///a/b.jpg", "file:///a/b.jpg")]
    public void A_local_file_is_known_however_it_is_written(string source, string expected)
    {
        Assert.True(ImageSource.TryNormalise(source, out var normalised, out _));
        Assert.Equal(expected, normalised);
    }

    [Theory]
    [InlineData("http://h:99999/x", "not a valid address")]
    [InlineData("http:///x", "not a valid address")]
    [InlineData("ftp://h/x", "'ftp'")]
    [InlineData("file://server/share/x", "other machines")]
    [InlineData("https://anna:secret@h/x", "password")]
    public void What_is_no_source_is_refused_without_its_secrets(string source, string part)
    {
        Assert.False(ImageSource.TryNormalise(source, out _, out var reason));
        Assert.Contains(part, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", reason, StringComparison.Ordinal);
    }
}
