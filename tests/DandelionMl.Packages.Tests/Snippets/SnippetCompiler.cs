using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DandelionMl.Packages.Tests.Snippets;

/// <summary>Compiles blocks of documents as a user's program: with the usings that they show and those that the SDK adds by itself.</summary>
internal static class SnippetCompiler
{
    private static readonly string[] ConsoleUsings =
        ["System", "System.IO", "System.Linq", "System.Collections.Generic", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] WebUsings =
    [
        .. ConsoleUsings, "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    /// <summary>What a fragment may take for granted, in the order in which it is declared.</summary>
    private static readonly (string Name, string Declaration)[] Known =
    [
        ("services", "var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();"),
        ("builder", "var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args);"),
        ("app", "await using var app = Microsoft.AspNetCore.Builder.WebApplication.Create(args);"),
        ("configuration", "var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();"),
        ("provider", "System.IServiceProvider provider = new Microsoft.Extensions.DependencyInjection.ServiceCollection().BuildServiceProvider();"),
        ("photo", "System.ReadOnlyMemory<byte> photo = default;"),
    ];

    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Compiles a block.</summary>
    /// <returns>The errors, each with the document and the line in it.</returns>
    public static IReadOnlyList<string> Errors(Document.Block block)
    {
        var unknown = block.Given.Where(name => Known.All(known => known.Name != name)).ToList();
        Assert.True(unknown.Count == 0, $"{block}: 'given' names what is not known here: {string.Join(", ", unknown)}");

        var isWeb = block.Code.Contains("WebApplication", StringComparison.Ordinal) || block.Given.Any(name => name is "builder" or "app");
        var usings = string.Concat((isWeb ? WebUsings : ConsoleUsings).Select(name => $"global using {name};\n"));
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var isProgram = CSharpSyntaxTree.ParseText(block.Code, options).GetRoot(TestContext.Current.CancellationToken)
            .ChildNodes().Any(node => node is GlobalStatementSyntax);
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(usings, options, "Usings.cs"), CSharpSyntaxTree.ParseText(Program(block), options, "Program.cs")],
            References,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return
        [
            .. compilation.GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => $"{block.Path}({diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1}): {diagnostic.GetMessage(null)}"),
        ];
    }

    /// <summary>The block with the given variables between its usings and its code; lines are the document's.</summary>
    private static string Program(Document.Block block)
    {
        var lines = block.Code.Split('\n');
        var usings = lines.TakeWhile(line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var", StringComparison.Ordinal)).Count();
        var given = Known.Where(known => block.Given.Contains(known.Name)).Select(known => known.Declaration);
        return string.Join('\n', [
            $"#line {block.Line}", .. lines[..usings],
            .. given,
            $"#line {block.Line + usings}", .. lines[usings..]]);
    }
}
