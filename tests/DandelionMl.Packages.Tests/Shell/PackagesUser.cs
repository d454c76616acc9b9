using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Documents.Shell;

namespace DandelionMl.Packages.Tests.Shell;

/// <summary>A home folder of somebody who has the feed with the packages, and an empty console application to add them to. All
/// documents are followed in it, so that what one of them installs is there for the next.</summary>
public sealed class PackagesUser : IAsyncLifetime
{
    /// <summary>What <c>dotnet new console</c> makes, for one platform.</summary>
    private const string Application = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
          </PropertyGroup>
        </Project>
        """;

    // The runtime's libraries lie in its shared/Microsoft.NETCore.App/10.0.0.
    private static readonly string DotnetFolder =
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private readonly PackedFamily _family;

    /// <summary>The user of some packages.</summary>
    public PackagesUser(PackedFamily family)
    {
        _family = family;
        Script.Environment["DOTNET_CLI_HOME"] = Script.Home;
        Script.Environment["NUGET_PACKAGES"] = family.UserEnvironment()["NUGET_PACKAGES"];
        Script.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        // As the SDK's installer sets it: the command dnx, too.
        Script.Environment["PATH"] = string.Join(
            Path.PathSeparator, Path.Combine(Script.Home, ".dotnet", "tools"), Environment.GetEnvironmentVariable("PATH"),
            DotnetFolder);
    }

    internal ShellScript Script { get; } = new(Checkout.Root) { Before = "" };

    /// <summary>Furnishes the home folder.</summary>
    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Script.Home, "App.csproj"), Application);
        await File.WriteAllBytesAsync(Path.Combine(Script.Home, "features.onnx"), ShapedGraphs.Plain("n").ToModel());
        File.Copy(Path.Combine(_family.Folder, "nuget.config"), Path.Combine(Script.Home, "nuget.config"));
    }

    /// <summary>Removes it.</summary>
    public ValueTask DisposeAsync()
    {
        Script.Dispose();
        return ValueTask.CompletedTask;
    }
}
