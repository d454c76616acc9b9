using System.Text;
using CsCheck;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class DatasetsTests : IDisposable
{
    private static readonly Gen<string[][]> Records =
        Gen.Char["ab\",\r\n é"].Array[0, 8].Select(field => new string(field)).Array[2, 4].Array[1, 5];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Greenr_is_the_400_photos_in_order()
    {
        var entries = await new GreenrDataset().ReadAsync(Cancellation).ToListAsync(Cancellation);

        const string root = "https://raw.githubusercontent.com/btphan95/greenr-airflow/refs/heads/master/data";
        Assert.Equal(400, entries.Distinct().Count());
        Assert.Equal(new ManifestEntry($"{root}/dandelion/00000000.jpg", "dandelion"), entries[0]);
        Assert.Equal(new ManifestEntry($"{root}/grass/00000199.jpg", "grass"), entries[^1]);
    }

    [Fact]
    public async Task Folder_lists_labels_and_files_in_ordinal_order_without_hidden_ones_and_follows_links()
    {
        foreach (var path in (string[])["b/2.jpg", "b/10.jpg", "B/x.jpg", "a/deep/er.jpg", "a/.DS_Store", ".git/x.jpg", "top.jpg"])
        {
            _folder.Write(path, [1]);
        }

        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), Path.Combine(_folder.Path, "a"));
        var entries = await new FolderDataset(_folder.Path).ReadAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(
            ["B/x.jpg", "a/deep/er.jpg", "b/10.jpg", "b/2.jpg", "link/deep/er.jpg"],
            entries.Select(entry => Path.GetRelativePath(_folder.Path, new Uri(entry.UrlSource).LocalPath)));
        Assert.Equal(["B", "a", "b", "b", "link"], entries.Select(entry => entry.Label));
    }

    [Fact]
    public async Task Folder_missing_or_without_subfolders_throws()
    {
        _folder.Write("a.jpg", [1]);
        await Assert.ThrowsAsync<InvalidDatasetException>(
            async () => await new FolderDataset(_folder.Path).ReadAsync(Cancellation).ToListAsync(Cancellation));
        await Assert.ThrowsAsync<InvalidDatasetException>(
            async () => await new FolderDataset(Path.Combine(_folder.Path, "x")).ReadAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n\n")]
    [InlineData("url,label\n")]
    [InlineData("\ufeffurl_source , LABEL")]
    public async Task Manifest_without_entries_is_empty(string text) => Assert.Empty(await ReadManifestAsync(text));

    [Fact]
    public async Task Manifest_reads_quotes_line_ends_and_blank_lines()
    {
        var entries = await ReadManifestAsync("\"https://x.org/a,b\",\"two\nlines\"\r\n\nhttps://x.org/c , \"he said \"\"hi\"\"\"");

        Assert.Equal(
            [
                new ManifestEntry("https://x.org/a,b", "two\nlines"),
                new ManifestEntry("https://x.org/c", "\"he said \"\"hi\"\"\""),
            ],
            entries);
    }

    [Theory]
    [InlineData("a.jpg", "line 1")]
    [InlineData("a.jpg,grass\nb.jpg,grass,more", "line 2")]
    [InlineData("\"a\nb.jpg\",grass\nb.jpg", "line 3")]
    [InlineData("\"a.jpg,grass", "Line 1")]
    [InlineData("\"a.jpg\"x,grass", "Line 1")]
    public async Task Manifest_malformed_throws_naming_the_line(string text, string place)
    {
        var thrown = await Assert.ThrowsAsync<InvalidDatasetException>(() => ReadManifestAsync(text));

        Assert.Contains(place, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_any_quoted_fields_read_back() => Records.Sample(
        records =>
        {
            var text = string.Concat(records.Select(fields => string.Join(',', fields.Select(Quote)) + "\r\n"));
            var read = new CsvReader(new StringReader(text)).ReadRecords();
            Assert.Equal(records, read.Select(record => record.Fields.ToArray()));
        },
        seed: "0000KO7tq6S4");

    [Fact]
    public void Csv_field_without_end_is_refused_in_bounded_memory()
    {
        using var endless = new StringReader(new string('x', 100_000));
        Assert.Throws<InvalidDatasetException>(() => new CsvReader(endless).ReadRecords().ToList());
    }

    [Fact]
    public void Find_tells_folder_manifest_and_name_apart()
    {
        Assert.IsType<FolderDataset>(Datasets.Find(_folder.Path));
        Assert.IsType<ManifestDataset>(Datasets.Find(_folder.Write("m.csv", [])));
        Assert.IsType<GreenrDataset>(Datasets.Find("greenr"));
        Assert.Contains("greenr", Assert.Throws<InvalidDatasetException>(() => Datasets.Find("nothing")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_takes_an_applications_own_data_set_by_name_and_lists_it_where_there_is_none()
    {
        var own = new FolderDataset(_folder.Path + "-own");

        Assert.Same(own, Datasets.Find(own.Name, [own]));
        Assert.IsType<FolderDataset>(Datasets.Find(_folder.Path, [own]));
        Assert.Contains(own.Name, Assert.Throws<InvalidDatasetException>(() => Datasets.Find("nothing", [own])).Message, StringComparison.Ordinal);
    }

    private static string Quote(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task<List<ManifestEntry>> ReadManifestAsync(string text) =>
        await new ManifestDataset(_folder.Write("m.csv", Encoding.UTF8.GetBytes(text))).ReadAsync(Cancellation).ToListAsync(Cancellation);
}
