using System.Runtime.CompilerServices;

namespace DandelionMl.Tests.Support;

/// <summary>Waits for what another thread does.</summary>
internal static class Eventually
{
    /// <summary>Far longer than anything here takes on the busiest machine: what never comes fails its test, and holds up no run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Asks until it is so.</summary>
    /// <param name="condition">The question.</param>
    /// <param name="between">What is done between two questions, such as a step of a clock; only others get their turn if null.</param>
    /// <param name="question">The question's text.</param>
    public static async Task IsAsync(Func<Task<bool>> condition, Action? between = null, [CallerArgumentExpression(nameof(condition))] string question = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.False(limit.IsCancellationRequested, $"Never so within {Limit.TotalMinutes} minutes: {question}");
            between?.Invoke();
            await Task.Yield();
        }
    }
}
