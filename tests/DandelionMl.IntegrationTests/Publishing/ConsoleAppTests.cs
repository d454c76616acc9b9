using System.Runtime.InteropServices;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Publishing;

/// <summary>README's example, as programs that users publish: each trains on drawn photos, passes the gate and classifies.</summary>
public sealed class ConsoleAppTests : IDisposable
{
    private const long MaxPublishedBytes = 25_000_000;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Project => Path.Combine(Checkout.Path, "tests", "ConsoleApp");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Published_for_one_platform_is_small_and_runs()
    {
        var published = await PublishAsync("--self-contained", "false");

        var files = new DirectoryInfo(published).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        Assert.InRange(files.Sum(file => file.Length), 1, MaxPublishedBytes);
        Assert.DoesNotContain(files, file => Contains(file.Name, "torch") || Contains(file.Name, "Npgsql") || Contains(file.Name, "AWSSDK"));
        AssertWorked(await RunAsync(Path.Combine(published, "ConsoleApp")));
    }

    [Fact]
    public async Task Published_as_native_code_without_a_warning_runs()
    {
        // A warning of the compiler's, as of code that it can't see to be used, is an error.
        var published = await PublishAsync("-p:PublishAot=true", "-p:IlcInstructionSet=native", "-warnaserror");

        Assert.False(File.Exists(Path.Combine(published, "ConsoleApp.dll")));
        AssertWorked(await RunAsync(Path.Combine(published, "ConsoleApp")));
    }

    [Fact]
    public async Task File_based_app_without_a_property_runs()
    {
        // Such a program has no code made at run time, since it could be published as native code.
        var file = Path.Combine(_folder.Path, "app.cs");
        var library = Path.Combine(Checkout.Path, "src", "DandelionMl", "DandelionMl.csproj");
        await File.WriteAllTextAsync(
            file, $"#:project {library}\n{await File.ReadAllTextAsync(Path.Combine(Project, "Program.cs"), Cancellation)}", Cancellation);

        AssertWorked(await RunAsync("dotnet", "run", "--configuration", "Release", file, "--"));
    }

    private async Task<string> PublishAsync(params string[] arguments)
    {
        // Away from what is built for other tests, the library too.
        var output = Path.Combine(_folder.Path, "published");
        await DotnetCommand.RunAsync("dotnet", _folder.Path, [
            "publish", Project, "--configuration", "Release", "--runtime", RuntimeInformation.RuntimeIdentifier,
            "--artifacts-path", Path.Combine(_folder.Path, "artifacts"), "--output", output, .. arguments]);
        return output;
    }

    private Task<string> RunAsync(string program, params string[] arguments)
    {
        var photos = Path.Combine(_folder.Path, "photos");

        // So many that no single one decides: which of them are held out goes by their bytes, which another version of the encoder changes.
        DemoPictures.Draw(photos, perClass: 32, seed: 1, Cancellation);
        var photo = Directory.EnumerateFiles(Path.Combine(photos, "dandelion")).Order().First();
        return DotnetCommand.RunAsync(program, _folder.Path, [.. arguments, photos, photo, Path.Combine(_folder.Path, "data")]);
    }

    private static void AssertWorked(string output)
    {
        Assert.Contains("""trained on built-in-v1 with {"method":"Reference","learningRate":0.003,"epochs":150,""", output, StringComparison.Ordinal);
        Assert.Contains("version 1 is now Champion", output, StringComparison.Ordinal);
        Assert.Contains("it is dandelion", output, StringComparison.Ordinal);
        Assert.Contains("pipeline train: Succeeded", output, StringComparison.Ordinal);
    }

    private static bool Contains(string name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
}
