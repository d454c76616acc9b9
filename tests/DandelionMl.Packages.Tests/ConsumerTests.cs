using System.Net;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>Programs of users, built and run from the packages alone.</summary>
[Collection(PackedFamily.Collection)]
public sealed class ConsumerTests(PackedFamily family, Consumers consumers) : IClassFixture<Consumers>
{
    private readonly Dictionary<string, string?> _environment = family.UserEnvironment();

    [Fact]
    public async Task Console_program_of_the_README_ingests_trains_promotes_and_classifies()
    {
        var (code, output) = await Command.RunAsync("dotnet", consumers.Folder, _environment, consumers.ProgramOf("Console"));

        Assert.True(code == 0, output);
        Assert.Contains("accuracy on held-out photos", output, StringComparison.Ordinal);
        Assert.Contains("version 1 is now Champion", output, StringComparison.Ordinal);
        Assert.Contains("dandelion", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_application_of_its_README_serves_under_its_prefix_beside_a_route_of_its_own()
    {
        var folder = Directory.CreateDirectory(Path.Combine(family.Folder, "web")).FullName;
        var environment = new Dictionary<string, string?>(_environment) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };
        await using var server = await RunningServer.StartAsync("dotnet", folder, environment, consumers.ProgramOf("Web"));
        var cancellationToken = TestContext.Current.CancellationToken;

        using var page = await server.Client.GetAsync(new Uri("plants/", UriKind.Relative), cancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("Healthy", await server.Client.GetStringAsync("plants/healthz", cancellationToken));
        Assert.Contains("/predict", await server.Client.GetStringAsync("plants/openapi/v1.json", cancellationToken), StringComparison.Ordinal);

        // Its own address is not the library's, and its own route asks the library.
        using var home = await server.Client.GetAsync(new Uri("/", UriKind.Relative), cancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, home.StatusCode);
        using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(consumers.Folder, "photo.jpg"), cancellationToken));
        using var unanswered = await server.Client.PostAsync(new Uri("/what-is-it", UriKind.Relative), photo, cancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, unanswered.StatusCode);
        await server.WaitForAsync("NoModelException");
    }

    [Fact]
    public async Task Test_program_of_its_README_tests_with_the_fakes_alone()
    {
        var folder = Directory.CreateDirectory(Path.Combine(family.Folder, "testing")).FullName;

        var (code, output) = await Command.RunAsync("dotnet", folder, _environment, consumers.ProgramOf("Testing"));

        Assert.True(code == 0, output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task File_based_program_runs_the_READMEs_example_as_it_is()
    {
        var folder = Path.Combine(family.Folder, "script");
        DrawnPhotos.WriteTo(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "app.cs"),
            $"#:package DandelionMl@{PackedFamily.Version}\n{Consumers.ProgramIn("README.md")}", TestContext.Current.CancellationToken);

        var output = await Command.DotnetAsync(folder, _environment, "run", "app.cs");

        Assert.Contains("version 1 is now Champion", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResNet_18_of_its_README_trains_from_its_packages_alone_without_ML_NET()
    {
        var folder = Directory.CreateDirectory(Path.Combine(family.Folder, "resnet")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "photos"), Path.Combine(consumers.Folder, "photos"));

        var (code, output) = await Command.RunAsync("dotnet", folder, _environment, consumers.ProgramOf("ResNet18"));

        Assert.True(code == 0, output);
        Assert.Contains("on held-out photos with resnet18-imagenet/squash-mean-picture-224", output, StringComparison.Ordinal);
        var beside = Directory.EnumerateFiles(Path.GetDirectoryName(consumers.ProgramOf("ResNet18"))!).Select(Path.GetFileName).ToList();
        Assert.Equal(["Microsoft.ML.OnnxRuntime.dll"], beside.Where(name => name!.StartsWith("Microsoft.ML.", StringComparison.Ordinal)));
        Assert.Single(beside, name => name is "libonnxruntime.so" or "onnxruntime.dll" or "libonnxruntime.dylib");
    }

    [Fact]
    public async Task DinoV2_without_libtorch_says_which_package_to_add()
    {
        var (code, output) = await Command.RunAsync("dotnet", consumers.Folder, _environment, consumers.ProgramOf("DinoV2"));

        Assert.True(code == 0, output);
        Assert.Contains("Add the package TorchSharp-cpu", output, StringComparison.Ordinal);
        Assert.Contains("libtorch-cpu-", output, StringComparison.Ordinal);
    }
}
