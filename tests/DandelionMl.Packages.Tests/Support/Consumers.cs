using DandelionMl.Packages.Tests.Snippets;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>Users' programs, built once, outside of the checkout and from the packages alone. What READMEs show is what they run.</summary>
public sealed class Consumers(PackedFamily family) : IAsyncLifetime
{
    /// <summary>Where the programs run: with drawn pictures in <c>photos</c>, and <c>photo.jpg</c>.</summary>
    public string Folder { get; } = Path.Combine(family.Folder, "run");

    private string Sources => Path.Combine(family.Folder, "programs");

    public async ValueTask InitializeAsync()
    {
        Copy(Path.Combine(AppContext.BaseDirectory, "Consumers"), Sources);
        WriteProgram("Console", "README.md");
        WriteProgram("ResNet18", "src/DandelionMl.ResNet18/README.md");
        WriteProgram("Web", "src/DandelionMl.AspNetCore/README.md");
        WriteProgram("Testing", "src/DandelionMl.Testing/README.md");
        DrawnPhotos.WriteTo(Folder);
        await Command.DotnetAsync(
            Sources, family.UserEnvironment(), "build", "Consumers.slnx", "--configuration", "Release", "--verbosity", "quiet");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The program of a project, to be run by <c>dotnet</c>.</summary>
    public string ProgramOf(string project) => Path.Combine(Sources, "out", project, $"{project}.dll");

    /// <summary>The first whole program that a document shows.</summary>
    internal static string ProgramIn(string document) => Document.Read(document).Blocks.First(block => block.IsWholeProgram).Code;

    private void WriteProgram(string project, string document) =>
        File.WriteAllText(Path.Combine(Sources, project, "Program.cs"), ProgramIn(document));

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
