using System.CommandLine;
using System.Globalization;
using DandelionMl.AspNetCore.Api;
using DandelionMl.Photos;
using DandelionMl.Storage;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion erase</c>: erases photos for good.</summary>
internal static class EraseCommand
{
    public static Command Create(CommonOptions options)
    {
        var ids = new Argument<long[]>("photo") { Description = "The photos' numbers, as the pages and the API show them.", Arity = ArgumentArity.ZeroOrMore };
        var hashes = new Option<string[]>("--sha256") { Description = "SHA-256 of a photo's bytes, as they are kept or as they came, in place of its number; may be given several times." };
        var receipt = new Option<string?>("--receipt") { Description = "The code that the sender of a photo was given, in place of numbers." };
        var reason = new Option<string?>("--reason") { Description = "The reason, kept in the history; at most 1,000 characters." };
        var command = new Command(
            "erase", "Erase photos for good: file, embeddings and history. The same files are never stored again. It can't be undone.")
        {
            ids, hashes, receipt, reason,
        };
        command.Validators.Add(result =>
        {
            var names = result.GetValue(ids) is { Length: > 0 } || result.GetValue(hashes) is { Length: > 0 };
            if (result.GetValue(receipt) is { } code ? names || !PhotoExaminer.IsReceipt(code) : !names)
            {
                result.AddError("Name the photos' numbers, their bytes by --sha256, or one valid --receipt.");
            }
            else if (result.GetValue(hashes)?.FirstOrDefault(hash => !ContentHash.IsWellFormed(hash)) is { } wrong)
            {
                result.AddError($"'{wrong}' is not a SHA-256: it needs 64 lower-case hexadecimal digits.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            if (parseResult.GetValue(receipt) is { } code)
            {
                var found = await context.Get<PhotoExaminer>().EraseAsync(code, cancellationToken).ConfigureAwait(false);
                context.Terminal.WriteResult(new { found }, console => console.WriteLine(
                    found ? "The photo is erased." : "No photo is stored under this receipt."));
                return ExitCodes.Success;
            }

            var (erased, refused) = (new List<long>(), new List<RefusedErasure>());
            var (editor, user, why) = (context.Get<TrainingSetEditor>(), Environment.UserName, parseResult.GetValue(reason));
            foreach (var id in (parseResult.GetValue(ids) ?? []).Distinct())
            {
                Sort(await editor.EraseAsync(id, user, why, cancellationToken).ConfigureAwait(false), sha256: null);
            }

            foreach (var hash in (parseResult.GetValue(hashes) ?? []).Distinct(StringComparer.Ordinal))
            {
                Sort(await editor.EraseBytesAsync(hash, user, why, cancellationToken).ConfigureAwait(false), hash);
            }

            context.Terminal.WriteResult(new { erased, refused }, console =>
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{erased.Count} erased."));
                refused.ForEach(item => console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {item.Sha256 ?? item.Photo.ToString(CultureInfo.InvariantCulture)}: {item.Reason}")));
            });
            return refused.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;

            void Sort(PhotoOutcome outcome, string? sha256)
            {
                if (outcome.Refusal is { } refusal)
                {
                    refused.Add(new RefusedErasure(outcome.ImageId, refusal, RefusalText.Of(outcome), sha256));
                }
                else
                {
                    erased.Add(outcome.ImageId);
                }
            }
        }));
        return command;
    }

    /// <param name="Photo">Its number; 0 where no photo has the bytes.</param>
    /// <param name="Refusal">Why it was not erased.</param>
    /// <param name="Reason">The same in words.</param>
    /// <param name="Sha256">The hash that it was named by; null where it was named by its number.</param>
    private sealed record RefusedErasure(long Photo, PhotoRefusal Refusal, string Reason, string? Sha256);
}
