namespace DandelionMl.Tests.Support;

/// <summary>Holds a backbone's passes until it is opened.</summary>
internal sealed class PassGate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PassGate(FakeBackbone backbone) => backbone.OnPass = _ =>
    {
        _entered.TrySetResult();
        _open.Wait(TimeSpan.FromSeconds(30));
    };

    /// <summary>Ends when the first pass has begun.</summary>
    public Task Entered => _entered.Task;

    public void Open() => _open.Set();

    public void Dispose() => _open.Set();
}
