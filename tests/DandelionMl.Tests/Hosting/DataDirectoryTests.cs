using DandelionMl.Data;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Hosting;

/// <summary>Data directories that can't be used: the error names the path, the setting and the reason.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private const string DatabaseFile = "dandelion.db";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Missing_folder_is_made_with_those_above_it()
    {
        var directory = Path.Combine(_folder.Path, "a", "b");

        Assert.Null(await ReadSettingAsync(directory));
        Assert.True(File.Exists(Path.Combine(directory, DatabaseFile)));
    }

    [Fact]
    public async Task File_in_its_place_is_said()
    {
        var file = Path.Combine(_folder.Path, "data");
        await File.WriteAllTextAsync(file, "notes", Token);

        await AssertRefusedAsync(file, DatabaseFailure.Unavailable);
        await AssertRefusedAsync(Path.Combine(file, "below"), DatabaseFailure.Unavailable);
        Assert.Equal("notes", await File.ReadAllTextAsync(file, Token));
    }

    // Even root may not write there.
    [Theory]
    [InlineData("/sys/dandelion", DatabaseFailure.AccessDenied)]
    [InlineData("/sys", DatabaseFailure.Unavailable)]
    [InlineData("/proc/dandelion/data", DatabaseFailure.Unavailable)]
    public async Task Place_that_takes_no_files_is_said(string directory, DatabaseFailure failure)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The places are Linux's.");
        await AssertRefusedAsync(directory, failure);
    }

    [Fact]
    public async Task File_that_is_no_database_is_said_and_left_alone()
    {
        var file = Path.Combine(_folder.Path, DatabaseFile);
        var text = string.Concat(Enumerable.Repeat("These are notes, not a database. ", 100));
        await File.WriteAllTextAsync(file, text, Token);

        await AssertRefusedAsync(_folder.Path, DatabaseFailure.Damaged);
        Assert.Equal(text, await File.ReadAllTextAsync(file, Token));
    }

    [Theory]
    [InlineData(DatabaseFile)]
    [InlineData($"{DatabaseFile}-migrate")]
    public async Task Folder_in_the_place_of_a_file_is_said(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, name));

        var error = await Assert.ThrowsAsync<DatabaseException>(() => ReadSettingAsync(_folder.Path));
        Assert.Contains(Path.Combine(_folder.Path, DatabaseFile), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_is_refused_before_a_folder_of_that_name_is_made()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ReadSettingAsync(":memory:"));

        Assert.Contains("CreateTempSubdirectory", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(":memory:"));
    }

    [Fact]
    public async Task Objects_folder_that_can_not_be_written_to_is_said()
    {
        var root = Path.Combine(_folder.Path, "objects");
        await File.WriteAllTextAsync(root, "a file", Token);
        var store = new FolderImageStore(new FolderImageStoreOptions { Root = root });

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.PutAsync("raw/a.jpg", new MemoryStream([1]), Token));
        Assert.Contains(root, error.Message, StringComparison.Ordinal);
        Assert.Contains("raw/a.jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Container_that_is_disposed_of_synchronously_closes_the_database()
    {
        using (var provider = Provide(_folder.Path))
        {
            Assert.NotNull(provider.GetRequiredService<SettingStore>());
            Assert.NotNull(provider.GetRequiredService<DandelionMl.Classification.Classifier>());
        }

        using var again = Provide(_folder.Path);
        Assert.NotNull(again.GetRequiredService<DandelionMl.Registry.IModelRegistry>());
    }

    private static async Task AssertRefusedAsync(string directory, DatabaseFailure failure)
    {
        var error = await Assert.ThrowsAsync<DatabaseException>(() => ReadSettingAsync(directory));
        Assert.Equal(failure, error.Failure);
        Assert.Contains($"'{Path.Combine(directory, DatabaseFile)}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("DandelionMl:DataDirectory", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
    }

    private static async Task<string?> ReadSettingAsync(string directory)
    {
        await using var provider = Provide(directory);
        return await provider.GetRequiredService<SettingStore>().GetAsync("any", Token);
    }

    private static ServiceProvider Provide(string directory)
    {
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = directory);
        return services.BuildServiceProvider();
    }
}
