using System.Diagnostics;
using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class ManifestDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("url,label\nhttps://h/a.jpg,grass")]
    [InlineData("url;label\r\nhttps://h/a.jpg;grass\r\n")]
    [InlineData("url\tlabel\nhttps://h/a.jpg\tgrass")]
    [InlineData("https://h/a.jpg;grass")]
    [InlineData("https://h/a.jpg\tgrass")]
    [InlineData("\ufefflabel,url\ngrass,https://h/a.jpg")]
    [InlineData("image,label\nhttps://h/a.jpg,grass")]
    [InlineData("filename,width,height,class,xmin\nhttps://h/a.jpg,640,480,grass,1")]
    [InlineData("id;image_url;annotator;Category Name\n1;https://h/a.jpg;\"a;b\";grass")]
    [InlineData("file_name,label,comment\nhttps://h/a.jpg,grass")]
    [InlineData("url,label\n   \n,\n\nhttps://h/a.jpg,grass\n , \n")]
    public async Task A_photo_is_read_however_a_tool_writes_it(string text) =>
        Assert.Equal([new ManifestEntry("https://h/a.jpg", "grass")], await ReadAsync(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("http://h:99999/x")]
    [InlineData("http:///x")]
    [InlineData("file:/a/x.jpg")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("s3://bucket/x.jpg")]
    public async Task An_address_is_not_taken_for_a_path(string url) =>
        Assert.Equal([new ManifestEntry(url, "grass")], await ReadAsync(Encoding.UTF8.GetBytes($"url,label\n\"{url}\",grass")));

    [Theory]
    [InlineData("%41.jpg")]
    [InlineData("a:1.jpg")]
    [InlineData("a#1?.jpg")]
    public async Task A_file_is_named_as_it_is_called(string name)
    {
        var entry = Assert.Single(await ReadAsync(Encoding.UTF8.GetBytes($"path,label\n{name},grass")));

        Assert.Equal(Path.Combine(_folder.Path, name), ImageSource.ToPath(new Uri(entry.UrlSource)));
    }

    [Fact]
    public async Task Another_encoding_is_refused_with_its_line()
    {
        var thrown = await Assert.ThrowsAsync<InvalidDatasetException>(
            () => ReadAsync(Encoding.Latin1.GetBytes("url,label\nhttps://h/a.jpg,grass\nhttps://h/b.jpg,Löwenzahn\n")));
        Assert.Contains("Line 3", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", thrown.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<InvalidDatasetException>(() => ReadAsync(Encoding.Unicode.GetBytes("url,label\nhttps://h/a.jpg,grass\n")));
    }

    [Fact]
    public async Task Utf16_with_its_mark_is_read() => Assert.Equal(
        [new ManifestEntry("https://h/a.jpg", "Löwenzahn")],
        await ReadAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("url\tlabel\r\nhttps://h/a.jpg\tLöwenzahn\r\n")]));

    [Theory]
    [InlineData("url,label\nphoto, 1.jpg,grass", "line 2: 3 fields where the first line has 2")]
    [InlineData("url,label,x\nphoto.jpg", "line 2: 1 field where")]
    [InlineData("a.jpg,grass,more", "name them in a first line")]
    public async Task A_line_of_other_columns_is_refused(string text, string part)
    {
        var thrown = await Assert.ThrowsAsync<InvalidDatasetException>(() => ReadAsync(Encoding.UTF8.GetBytes(text)));

        Assert.Contains(part, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipe_is_not_waited_for()
    {
        var path = Path.Combine(_folder.Path, "m.csv");
        using (var shell = Process.Start("mkfifo", [path]))
        {
            await shell.WaitForExitAsync(Cancellation);
        }

        Assert.Empty(await new ManifestDataset(path).ReadAsync(Cancellation).ToListAsync(Cancellation));
    }

    private async Task<List<ManifestEntry>> ReadAsync(byte[] bytes) =>
        await new ManifestDataset(_folder.Write("m.csv", bytes)).ReadAsync(Cancellation).ToListAsync(Cancellation);
}
