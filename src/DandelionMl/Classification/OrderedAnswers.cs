using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DandelionMl.Classification;

/// <summary>Answers a sequence of questions several at a time, in their order.</summary>
internal static class OrderedAnswers
{
    /// <param name="questions">Read no further ahead than is worked on.</param>
    /// <param name="answer">Answers one.</param>
    /// <param name="ahead">Most that are worked on at a time, but for one.</param>
    /// <param name="cancellationToken">Cancels what is not answered yet.</param>
    public static async IAsyncEnumerable<TAnswer> RunAsync<TQuestion, TAnswer>(
        IAsyncEnumerable<TQuestion> questions,
        Func<TQuestion, CancellationToken, Task<TAnswer>> answer,
        int ahead,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Channel.CreateBounded<Task<TAnswer>>(new BoundedChannelOptions(ahead) { SingleReader = true, SingleWriter = true });

        // The questions are read beside the answers: whoever asks may wait for one answer before the next question.
        var asking = AskAsync(questions, answer, running.Writer, stop.Token);
        try
        {
            await foreach (var next in running.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            // Where the enumeration ended early, nothing goes on behind it.
            await stop.CancelAsync().ConfigureAwait(false);
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (running.Reader.TryRead(out var left))
            {
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task AskAsync<TQuestion, TAnswer>(
        IAsyncEnumerable<TQuestion> questions,
        Func<TQuestion, CancellationToken, Task<TAnswer>> answer,
        ChannelWriter<Task<TAnswer>> running,
        CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var question in questions.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                // A place first: what has been asked is always handed on, so that somebody waits for it.
                if (!await running.WaitToWriteAsync(cancellationToken).ConfigureAwait(false) || !running.TryWrite(answer(question, cancellationToken)))
                {
                    break;
                }
            }
        }
#pragma warning disable CA1031 // Whatever the source of the questions throws belongs to whoever reads the answers.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        running.Complete(failure);
    }
}
