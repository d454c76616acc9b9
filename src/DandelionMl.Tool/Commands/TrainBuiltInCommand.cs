using System.CommandLine;
using System.Globalization;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion backbone train-built-in</c>: learns the built-in backbone's weights from photos, as those that ship with the
/// library were. The same photos give the same bytes.</summary>
internal static class TrainBuiltInCommand
{
    public static Command Create(CommonOptions options)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "A folder of photos, including its subfolders; labels are ignored." };
        var output = new Option<FileInfo>("--output") { Description = "The file to write.", DefaultValueFactory = _ => new FileInfo("built-in.bin") };
        var command = new Command("train-built-in", "Train the built-in backbone on photos.") { folder, output };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var source = parseResult.GetRequiredValue(folder);
            if (!source.Exists)
            {
                throw new DirectoryNotFoundException($"There is no folder '{source.FullName}'.");
            }

            var target = parseResult.GetRequiredValue(output);
            var files = source.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.FullName).Order(StringComparer.Ordinal).ToList();
            if (files.Count < BuiltInBackboneTrainer.MinimumPhotos)
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{source.FullName}' has {files.Count} photos; at least {BuiltInBackboneTrainer.MinimumPhotos} are needed."));
            }

            var decoder = context.Get<IImageDecoder>();
            var trainer = new BuiltInBackboneTrainer { MaxDegreeOfParallelism = Environment.ProcessorCount };
            context.Terminal.WriteRemark(string.Create(CultureInfo.InvariantCulture, $"Learning from {files.Count} photos; this takes a few seconds."));
            var weights = await Task.Run(
                () => trainer.Train(files.Select(file => decoder.Decode(File.ReadAllBytes(file))), cancellationToken), cancellationToken).ConfigureAwait(false);
            var bytes = weights.ToBytes();
            await File.WriteAllBytesAsync(target.FullName, bytes, cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(
                new { file = target.FullName, bytes = bytes.Length, photos = files.Count },
                console => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Wrote {target.FullName}, {bytes.Length} bytes."));
            return ExitCodes.Success;
        }));
        return command;
    }
}
