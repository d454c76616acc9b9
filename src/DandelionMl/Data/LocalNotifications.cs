namespace DandelionMl.Data;

/// <summary>Carries notifications within this process, where the database carries none between processes. Thread-safe.</summary>
internal sealed class LocalNotifications
{
    private readonly Lock _gate = new();
    private readonly List<(string Channel, Action Notified)> _listeners = [];

    /// <summary>Calls back at each notification until it is cancelled.</summary>
    public async Task ListenAsync(string channel, Action notified, CancellationToken cancellationToken)
    {
        var listener = (channel, notified);
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        try
        {
            // Whatever happened before.
            notified();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _listeners.Remove(listener);
            }
        }
    }

    public void Send(IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            foreach (var notified in ListenersOf(channel))
            {
                notified();
            }
        }
    }

    private List<Action> ListenersOf(string channel)
    {
        lock (_gate)
        {
            return [.. _listeners.Where(listener => listener.Channel == channel).Select(listener => listener.Notified)];
        }
    }
}
