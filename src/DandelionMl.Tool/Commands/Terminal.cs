using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>What a command writes: results on standard output, as text for people or as one JSON document; progress and errors on
/// standard error.</summary>
internal sealed class Terminal(bool json)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly IAnsiConsole _output = CreateConsole(Console.Out, Console.IsOutputRedirected);
    private readonly IAnsiConsole _error = CreateConsole(Console.Error, Console.IsErrorRedirected);

    public bool IsJson => json;

    /// <summary>Writes a command's result.</summary>
    /// <param name="result">What the document holds.</param>
    /// <param name="write">Writes it for people.</param>
    /// <param name="trim">Takes out of the document what is too much of it; null for nothing.</param>
    public void WriteResult<T>(T result, Action<IAnsiConsole> write, Action<JsonNode>? trim = null)
    {
        if (json && trim is not null && JsonSerializer.SerializeToNode(result, JsonOptions) is { } document)
        {
            trim(document);
            Console.Out.WriteLine(document.ToJsonString(JsonOptions));
        }
        else if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }
        else
        {
            write(_output);
        }
    }

    /// <summary>Writes a remark for people.</summary>
    public void WriteRemark(string text) => _error.MarkupLineInterpolated($"[grey]{text}[/]");

    /// <summary>Writes a warning for people.</summary>
    public void WriteWarning(string text) => _error.MarkupLineInterpolated($"[yellow]{text}[/]");

    /// <summary>Runs long work with a progress bar, where there is a person to see it.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; what it is given takes (done, total, text).</param>
    public async Task<T> WithProgressAsync<T>(string title, Func<Action<double, double, string?>, Task<T>> work)
    {
        if (json || !_error.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return await work((_, _, _) => { }).ConfigureAwait(false);
        }

        return await _error.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(title), autoStart: true, maxValue: 1);
                return work((done, total, text) =>
                {
                    (bar.MaxValue, bar.Value) = (Math.Max(total, 1), done);
                    bar.Description = Markup.Escape(text ?? title);
                });
            }).ConfigureAwait(false);
    }

    /// <summary>Runs a command and turns its known errors into a message and an exit code.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            WriteWarning("Interrupted; the work done so far is kept.");
            return ExitCodes.Cancelled;
        }
        catch (Exception e) when (e is DandelionMlException or IOException or UnauthorizedAccessException
            or Microsoft.Extensions.Options.OptionsValidationException)
        {
            WriteError(e.GetType().Name, e.Message);
            return ExitCodes.Failure;
        }
#pragma warning disable CA1031 // A defect ends a command as any other error does: with a message, and a document where one is asked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            WriteError(e.GetType().Name, $"Unexpected error: {e.Message}");
            _error.WriteLine(e.ToString());
            return ExitCodes.Failure;
        }
    }

    /// <summary>Writes an error, and the document that stands for it.</summary>
    public void WriteError(string error, string message)
    {
        if (json)
        {
            TryWrite(JsonSerializer.Serialize(new { error, message }, JsonOptions));
        }

        _error.MarkupLineInterpolated($"[red]{message}[/]");
    }

    /// <summary>Writes a document, unless that is what failed: the output may be closed, or its disk full.</summary>
    private static void TryWrite(string document)
    {
        try
        {
            Console.Out.WriteLine(document);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

        // A file or a pipe has no width: lines are for programs there, and are not to be broken.
        console.Profile.Width = isRedirected ? int.MaxValue / 2 : console.Profile.Width;
        return console;
    }
}
