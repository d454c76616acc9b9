using System.CommandLine;
using System.Globalization;
using DandelionMl.AspNetCore.Api;
using DandelionMl.Photos;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion erase</c>: erases photos for good.</summary>
internal static class EraseCommand
{
    public static Command Create(CommonOptions options)
    {
        var ids = new Argument<long[]>("photo") { Description = "The photos' numbers, as the pages and the API show them.", Arity = ArgumentArity.ZeroOrMore };
        var receipt = new Option<string?>("--receipt") { Description = "The code that the sender of a photo was given, in place of numbers." };
        var reason = new Option<string?>("--reason") { Description = "The reason, kept in the history; at most 1,000 characters." };
        var command = new Command(
            "erase", "Erase photos for good: file, embeddings and history. The same files are never stored again. It can't be undone.")
        {
            ids, receipt, reason,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(receipt) is { } code ? result.GetValue(ids) is { Length: > 0 } || !PhotoExaminer.IsReceipt(code) : result.GetValue(ids) is not { Length: > 0 })
            {
                result.AddError("Name the photos' numbers, or one valid --receipt.");
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
            foreach (var id in parseResult.GetValue(ids)!.Distinct())
            {
                var outcome = await context.Get<TrainingSetEditor>()
                    .EraseAsync(id, Environment.UserName, parseResult.GetValue(reason), cancellationToken).ConfigureAwait(false);
                if (outcome.Refusal is { } refusal)
                {
                    refused.Add(new RefusedErasure(id, refusal, RefusalText.Of(outcome)));
                }
                else
                {
                    erased.Add(id);
                }
            }

            context.Terminal.WriteResult(new { erased, refused }, console =>
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{erased.Count} erased."));
                refused.ForEach(item => console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {item.Photo}: {item.Reason}")));
            });
            return refused.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    /// <param name="Photo">Its number.</param>
    /// <param name="Refusal">Why it was not erased.</param>
    /// <param name="Reason">The same in words.</param>
    private sealed record RefusedErasure(long Photo, PhotoRefusal Refusal, string Reason);
}
