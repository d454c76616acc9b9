using System.Data.Common;
using DandelionMl.Data;
using DandelionMl.Data.Migrations;
using DandelionMl.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.Retry;

namespace DandelionMl.Postgres;

/// <summary>A PostgreSQL database, shared by any number of processes and machines.</summary>
internal sealed class PostgresProvider : DatabaseProvider
{
    private const int CancellationMilliseconds = 500;

    private static readonly PostgresCopy Copy = new();

    private readonly NpgsqlDataSource _dataSource;
    private readonly string _lockConnectionString;
    private readonly PostgresListener _listener;
    private readonly ILogger _logger;
    private PgVectorDialect? _vectors;

    public PostgresProvider(PostgresOptions options, TimeProvider time, ILogger logger, RetryTelemetry? retries = null)
    {
        _logger = logger;
        _dataSource = NpgsqlDataSource.Create(WithShortCancellation(options.ConnectionString));
        _lockConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false }.ConnectionString;
        _listener = new PostgresListener(options.ConnectionString, time, logger);
        Resilience = CreateResilience(options, time, logger, retries ?? new RetryTelemetry());
    }

    public override DbDataSource DataSource => _dataSource;

    public override ResiliencePipeline Resilience { get; }

    public override bool HasSingleWriter => false;

    public override VectorDialect? Vectors => _vectors;

    public override ColumnTypes ColumnTypes { get; } = new(
        Identity: table => $"bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT \"PK_{table}\" PRIMARY KEY",
        Long: "bigint",
        Double: "double precision",
        Boolean: "boolean",
        Bytes: "bytea");

    public override BulkInsert? Bulk => Copies ? Copy : null;

    /// <summary>Whether the server knows COPY; true by default. Every PostgreSQL does, what only speaks its protocol may not.</summary>
    internal bool Copies { get; init; } = true;

    public override string TransactionNumberSql => "SELECT pg_current_xact_id()::text::bigint";

    public override string SettledNumberSql => "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    public override string NumbersGiven => "OVERRIDING SYSTEM VALUE";

    public override string? ContinueNumbersSql(string table, string column) =>
        $"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE((SELECT MAX({column}) FROM {table}), 0) + 1, false)";

    public override string TableExistsSql => "SELECT count(to_regclass(@table))";

    public override string NotifySql => "SELECT pg_notify(@channel, '')";

    // Transactions read what was committed before each statement, so two may find the same gap: the unique indexes let one through.
    public override bool IsLostRace(DbException exception) => exception.SqlState is
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    public override bool IsOutcomeUnknown(DbException exception) => PostgresFailures.IsConnectionLost(exception);

    public override DatabaseException? Translate(DbException exception) => PostgresFailures.Translate(exception, Place);

    public override async Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken) =>
        await PostgresMigrationLock.TakeAsync(_lockConnectionString, cancellationToken).ConfigureAwait(false);

    public override Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task ListenAsync(string channel, Action notified, CancellationToken cancellationToken) =>
        _listener.ListenAsync(channel, notified, cancellationToken);

    public override async Task DiscoverAsync(CancellationToken cancellationToken) =>
        _vectors = await PgVectorExtension.FindAsync(_dataSource, _logger, cancellationToken).ConfigureAwait(false);

    private string Place
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(_dataSource.ConnectionString);
            return $"PostgreSQL at {parts.Host}:{parts.Port}, database '{parts.Database ?? parts.Username}'";
        }
    }

    /// <summary>A server that is frozen does not confirm that a command is cancelled: the connection is given up after a moment, unless the
    /// application says how long to wait.</summary>
    private static string WithShortCancellation(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        if (!parts.ContainsKey("Cancellation Timeout"))
        {
            parts.CancellationTimeout = CancellationMilliseconds;
        }

        return parts.ConnectionString;
    }

    private static ResiliencePipeline CreateResilience(
        PostgresOptions options, TimeProvider time, ILogger logger, RetryTelemetry retries)
    {
        if (options.MaxRetryAttempts == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<DbException>(PostgresFailures.IsPassing),
                MaxRetryAttempts = options.MaxRetryAttempts,
                Delay = options.RetryDelay,
                MaxDelay = PostgresOptions.MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                OnRetry = retry =>
                {
                    var reason = ((DbException)retry.Outcome.Exception!).SqlState ?? retry.Outcome.Exception!.Message;
                    retries.Retry("postgresql");
                    PostgresLog.DatabaseRetry(logger, reason, retry.AttemptNumber + 1, retry.RetryDelay);
                    return default;
                },
            })
            .Build();
    }
}
