using System.Xml.Linq;
using DandelionMl.Data;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The keys that cookies and tokens are sealed with, apart from the application's own. They outlive the process, and every replica
/// has the same: in the database where replicas share one, else in files of the data directory that only their owner can read.</summary>
internal static class KeyRing
{
    private const string FolderName = "keys";

    public static void AddKeyRing(this IServiceCollection own, IServiceProvider application)
    {
        // A name of its own: else the keys are bound to the folder that the program lies in.
        var builder = own.AddDataProtection().SetApplicationName("dandelion");
        if (application.GetRequiredService<SettingStore>().IsShared)
        {
            own.Configure<KeyManagementOptions>(options => options.XmlRepository = application.GetRequiredService<SharedKeys>());
            return;
        }

        var data = application.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory;
        builder.PersistKeysToFileSystem(PrivateFolder.Create(Path.Combine(data, FolderName)));
    }
}

/// <summary>Keeps the ring in a database that replicas share. The framework asks for it while a request waits, so it is read beforehand, in the
/// background, and again every minute; while it never could be read, cookies are not accepted. Thread-safe.</summary>
internal sealed class SharedKeys(SettingStore settings, TimeProvider time, ILogger<SharedKeys> logger) : BackgroundService, IXmlRepository
{
    private const string Prefix = "key-ring/";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyCollection<string>? _elements;
    private long? _failedAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);

        // By the system's clock: this bounds how long the host's start waits.
        await Task.WhenAny(settings.IsShared ? _read.Task : Task.CompletedTask, Task.Delay(StartLimit, cancellationToken)).ConfigureAwait(false);
    }

    // Asked once a day, and where a key is not known yet, as one that another replica has just made: a request waits for it, a moment at most.
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        if (_failedAt is not { } failed || time.GetElapsedTime(failed) >= RetryInterval)
        {
            ReadNow();
        }

        return _elements is { } elements
            ? [.. elements.Select(XElement.Parse)]
            : throw new DatabaseException(DatabaseFailure.Unavailable, "The keys of sessions can't be read yet: the database does not answer.");
    }

    private void ReadNow()
    {
        using var limit = new CancellationTokenSource(StoreLimit);
        try
        {
            var all = Task.Run(() => settings.ListAsync(Prefix, limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
            (_elements, _failedAt) = ([.. all.Values], null);
        }
        catch (Exception exception) when (exception is DatabaseException or OperationCanceledException)
        {
            // What was read before serves; and nobody waits again for a while.
            _failedAt = time.GetTimestamp();
        }
    }

    // Called where a new key is made, every 90 days: a request waits for it, a moment at most.
    public void StoreElement(XElement element, string friendlyName)
    {
        var text = element.ToString(SaveOptions.DisableFormatting);
        using var limit = new CancellationTokenSource(StoreLimit);
        Task.Run(() => settings.SetAsync(Prefix + friendlyName, text, limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
        _elements = [.. _elements ?? [], text];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (settings.IsShared && !stoppingToken.IsCancellationRequested)
        {
            var isRead = await TryReadAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(isRead ? Interval : RetryInterval, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _elements = [.. (await settings.ListAsync(Prefix, cancellationToken).ConfigureAwait(false)).Values];
            _read.TrySetResult();
            return true;
        }
        catch (DatabaseException exception)
        {
            SignInLog.KeysNotRead(logger, exception.Message);
            return false;
        }
    }
}
