using System.CommandLine;
using System.Globalization;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models images</c>: the exact photos of a version, or the versions that saw a photo.</summary>
internal static class ModelImagesCommand
{
    public static Command Create(CommonOptions options)
    {
        var version = new Argument<int?>("version") { Description = "The version's number.", Arity = ArgumentArity.ZeroOrOne };
        var sha256 = new Option<string?>("--of") { Description = "SHA-256 of a photo: list the versions that saw it." };
        var command = new Command("images", "List the photos that a version was trained and tested on, or the versions that saw a photo.") { version, sha256 };
        command.Validators.Add(result =>
        {
            if (result.GetValue(version) is null == result.GetValue(sha256) is null)
            {
                result.AddError("Give a version, or --of with the SHA-256 of a photo.");
            }
        });
        sha256.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length != 64 || !token.Value.All(char.IsAsciiHexDigitLower)))
            {
                result.AddError("--of needs a SHA-256: 64 lower-case hexadecimal digits.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var registry = context.Get<IModelRegistry>();
            if (parseResult.GetValue(version) is { } number)
            {
                var manifest = await registry.LoadManifestAsync(number, cancellationToken).ConfigureAwait(false);
                context.Terminal.WriteResult(manifest.Images, console => Write(console, manifest));
            }
            else
            {
                var uses = await registry.FindVersionsOfImageAsync(parseResult.GetRequiredValue(sha256)!, cancellationToken).ConfigureAwait(false);
                context.Terminal.WriteResult(uses, console => Write(console, uses));
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, TrainingManifest manifest)
    {
        foreach (var image in manifest.Images)
        {
            console.WriteLine($"{image.Sha256}  {Text(image.Split),-5}  {image.Label}");
        }
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<ImageUse> uses)
    {
        if (uses.Count == 0)
        {
            console.WriteLine("No version saw this photo.");
        }

        foreach (var use in uses)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"version {use.Version} ({Text(use.State)}): {Text(use.Split)}, as '{use.Label}'"));
        }
    }

    private static string Text(Enum value) => value.ToString().ToLowerInvariant();
}
