using System.Diagnostics;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class FolderDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Links_to_photos_and_labels_are_followed_and_those_that_lead_nowhere_listed()
    {
        using var elsewhere = new TemporaryFolder();
        var photo = elsewhere.Write("shelf/1.jpg", [1]);
        _folder.Write("a/0.jpg", [1]);
        File.CreateSymbolicLink(PathOf("a/1.jpg"), photo);
        File.CreateSymbolicLink(PathOf("a/2.jpg"), PathOf("gone.jpg"));
        File.CreateSymbolicLink(PathOf("a/3.jpg"), "3.jpg");
        Directory.CreateSymbolicLink(PathOf("b"), elsewhere.Sub("shelf"));

        var (photos, failures, _) = await ReadAsync();

        Assert.Equal(["a: a/0.jpg", "a: a/1.jpg", "b: b/1.jpg"], photos);
        Assert.Equal(["a/2.jpg", "a/3.jpg"], failures.Select(failure => Path.GetRelativePath(_folder.Path, failure.Source)));
        Assert.Contains("gone.jpg", failures[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_in_a_circle_end()
    {
        _folder.Write("a/deep/1.jpg", [1]);
        Directory.CreateSymbolicLink(PathOf("a/deep/up"), PathOf("a"));
        Directory.CreateSymbolicLink(PathOf("a/deep/here"), ".");
        Directory.CreateSymbolicLink(PathOf("root"), _folder.Path);

        var (photos, failures, _) = await ReadAsync();

        Assert.Equal(["a: a/deep/1.jpg"], photos);
        Assert.Equal(
            ["a/deep/here", "a/deep/up", "root"],
            failures.Select(failure => Path.GetRelativePath(_folder.Path, failure.Source)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pipes_empty_files_and_names_that_are_not_utf8_are_listed_and_the_rest_is_taken()
    {
        _folder.Write("a/1.jpg", [1]);
        _folder.Write("a/empty.jpg", []);
        await ShellAsync("mkfifo a/pipe.jpg; printf x > \"$(printf 'a/caf\\351.jpg')\"; mkdir \"$(printf 'gr\\344s')\"");

        var (photos, failures, _) = await ReadAsync();
        await ShellAsync("rm -rf a gr*");

        Assert.Equal(["a: a/1.jpg"], photos);
        Assert.Equal(4, failures.Count);
        Assert.Equal(2, failures.Count(failure => failure.Reason.Contains("pipe", StringComparison.Ordinal)));
        Assert.Equal(2, failures.Count(failure => failure.Reason.Contains("UTF-8", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_without_access_is_listed_and_the_rest_is_taken()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root reads everything");
        _folder.Write("a/1.jpg", [1]);
        await ShellAsync("mkdir -m 0 lost+found");

        var (photos, failures, _) = await ReadAsync();
        await ShellAsync("rmdir lost+found");

        Assert.Equal(["a: a/1.jpg"], photos);
        Assert.Equal(PathOf("lost+found"), Assert.Single(failures).Source);
    }

    [Theory]
    [InlineData("train valid test", "train valid", "test")]
    [InlineData("Training validation", "Training validation", "validation")]
    [InlineData("train", "train", "train")]
    [InlineData("test", "test", "test")]
    public async Task Parts_of_a_data_set_are_no_labels(string parts, string toIngest, string toMeasure)
    {
        foreach (var part in parts.Split(' '))
        {
            _folder.Write($"{part}/grass/1.jpg", [1]);
            _folder.Write($"{part}/dandelion/2.jpg", [1]);
        }

        var (photos, failures, remarks) = await ReadAsync();
        var (measured, _, _) = await ReadAsync(toMeasure: true);

        Assert.Empty(failures);
        Assert.Contains("parts of a data set", Assert.Single(remarks), StringComparison.Ordinal);
        Assert.Equal(Expected(toIngest), photos.Order(StringComparer.Ordinal));
        Assert.Equal(Expected(toMeasure), measured.Order(StringComparer.Ordinal));

        static IEnumerable<string> Expected(string parts) => parts.Split(' ')
            .SelectMany(part => (string[])[$"dandelion: {part}/dandelion/2.jpg", $"grass: {part}/grass/1.jpg"]).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Labels_that_are_called_like_parts_are_taken_with_a_remark()
    {
        _folder.Write("train/1.jpg", [1]);
        _folder.Write("test/2.jpg", [1]);

        var (photos, _, remarks) = await ReadAsync();

        Assert.Equal(["test: test/2.jpg", "train: train/1.jpg"], photos);
        Assert.Contains("'test', 'train'", Assert.Single(remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_beside_the_labels_are_counted()
    {
        _folder.Write("train/1.jpg", [1]);
        _folder.Write("bus/1.jpg", [1]);
        _folder.Write("README.txt", [1]);

        var (photos, _, remarks) = await ReadAsync();

        Assert.Equal(["bus: bus/1.jpg", "train: train/1.jpg"], photos);
        Assert.Contains("Left out 1 file of", Assert.Single(remarks), StringComparison.Ordinal);
    }

    private string PathOf(string relative) => Path.Combine(_folder.Path, relative);

    private async Task<(List<string> Photos, List<IngestionFailure> Failures, List<string> Remarks)> ReadAsync(bool toMeasure = false)
    {
        var items = await new FolderDataset(_folder.Path, toMeasure).ReadItemsAsync(Cancellation).ToListAsync(Cancellation);
        var photos = items.Where(item => item.Entry is not null)
            .Select(item => $"{item.Entry!.Label}: {Path.GetRelativePath(_folder.Path, ImageSource.ToPath(new Uri(item.Entry.UrlSource)))}");
        return ([.. photos], [.. items.Select(item => item.Failure).OfType<IngestionFailure>()], [.. items.Select(item => item.Remark).OfType<string>()]);
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = _folder.Path })!;
        await shell.WaitForExitAsync(Cancellation);
        Assert.Equal(0, shell.ExitCode);
    }
}
