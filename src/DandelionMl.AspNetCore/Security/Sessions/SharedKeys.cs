using System.Xml.Linq;
using DandelionMl.Data;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>Keeps the ring of keys in a database that replicas share. The framework's interface is not asynchronous: it is asked once a day, and
/// for a key that another replica has just made, and a request waits for it, a moment at most. While the ring never could be read, cookies
/// are not accepted. Thread-safe.</summary>
internal sealed class SharedKeys(SettingStore settings, TimeProvider time, ILogger<SharedKeys> logger) : IXmlRepository
{
    private const string Prefix = "key-ring/";

    /// <summary>The longest that a request waits.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(1_500);

    /// <summary>How long nobody asks again once the database did not answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IReadOnlyCollection<string>? _elements;
    private long? _failedAt;

    /// <summary>Whether the ring was read, or is in files and not here: else to ask for it blocks a thread until the database answers.</summary>
    public bool AreAtHand => Volatile.Read(ref _elements) is not null || !settings.IsShared;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock)
        {
            if (_failedAt is not { } failed || time.GetElapsedTime(failed) >= Pause)
            {
                Read();
            }

            return _elements is { } elements
                ? [.. elements.Select(XElement.Parse)]
                : throw new DatabaseException(
                    DatabaseFailure.Unavailable, "The keys of sessions can't be read yet: the database does not answer.");
        }
    }

    // Where a new key is made, every 90 days.
    public void StoreElement(XElement element, string friendlyName) => Wait(token =>
        settings.SetAsync(Prefix + friendlyName, element.ToString(SaveOptions.DisableFormatting), token));

    private void Read()
    {
        try
        {
            Wait(async token => _elements = [.. (await settings.ListAsync(Prefix, token).ConfigureAwait(false)).Values]);
            _failedAt = null;
        }
        catch (Exception exception) when (exception is DatabaseException or OperationCanceledException)
        {
            // What was read before serves on. Told once, however long it lasts.
            if (_failedAt is null)
            {
                SignInLog.KeysNotRead(logger, exception.Message);
            }

            _failedAt = time.GetTimestamp();
        }
    }

    /// <exception cref="OperationCanceledException">The database did not answer in time.</exception>
    private static void Wait(Func<CancellationToken, Task> work)
    {
        using var limit = new CancellationTokenSource(Limit);
        Task.Run(() => work(limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
    }
}
