namespace DandelionMl.Classification;

/// <summary>The look for the champion that is taken while a host starts. What else a host does by itself begins after it, so that it answers as soon
/// as can be: on a small machine all that work takes longer than the look. Thread-safe.</summary>
internal sealed class FirstLook
{
    private volatile Task _ended = Task.CompletedTask;

    /// <summary>Says that it will be taken; until then nobody waits for it.</summary>
    /// <returns>What ends it.</returns>
    public TaskCompletionSource Expect()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ended = end.Task;
        return end;
    }

    /// <summary>Done when it has ended, or is not to be taken.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ended.WaitAsync(cancellationToken);
}
