using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>Listens to notifications on a connection of its own, which it opens again when it breaks. Behind a pooler that lends sessions
/// by the transaction nothing is ever heard; who listens polls, too.</summary>
internal sealed class PostgresListener(string connectionString, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    // A connection on which nothing is sent would not notice that its server is gone.
    private const int KeepAliveSeconds = 15;

    public async Task ListenAsync(string channel, Action notified, CancellationToken cancellationToken)
    {
        for (var delay = FirstDelay; ; delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
        {
            try
            {
                var connection = await OpenAsync(channel, notified, cancellationToken).ConfigureAwait(false);
                await using var connectionLifetime = connection.ConfigureAwait(false);
                delay = FirstDelay;

                // Whatever happened while nobody listened.
                notified();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is DbException or IOException or SocketException or TimeoutException)
            {
                PostgresLog.ListeningFailed(logger, (exception as DbException)?.SqlState ?? exception.Message, delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string channel, Action notified, CancellationToken cancellationToken)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        parts.KeepAlive = parts.KeepAlive > 0 ? parts.KeepAlive : KeepAliveSeconds;
        var connection = new NpgsqlConnection(parts.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            connection.Notification += (_, _) => notified();
            var command = new NpgsqlCommand($"LISTEN {channel}", connection);
            await using var commandLifetime = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
