using System.Data.Common;
using DandelionMl.Data.Migrations;
using Polly;

namespace DandelionMl.Data;

/// <summary>What differs between the databases that serve the library. The SQL and the migrations are the same for all.</summary>
internal abstract class DatabaseProvider
{
    /// <summary>Where connections come from.</summary>
    public abstract DbDataSource DataSource { get; }

    /// <summary>Runs again what failed for a reason that may pass and has certainly not taken effect, or may take effect
    /// twice.</summary>
    public virtual ResiliencePipeline Resilience => ResiliencePipeline.Empty;

    /// <summary>Whether one write transaction can run at a time, so that the writers of this process had better queue up before the
    /// database than poll it.</summary>
    public abstract bool HasSingleWriter { get; }

    /// <summary>How the database is asked for vectors and indexes on them; null where it has none. Known after
    /// <see cref="DiscoverAsync"/>.</summary>
    public virtual VectorDialect? Vectors => null;

    /// <summary>What the database calls the types of its columns.</summary>
    public abstract ColumnTypes ColumnTypes { get; }

    /// <summary>A query for the number of tables of the name <c>@table</c>: 0 or 1.</summary>
    public abstract string TableExistsSql { get; }

    /// <summary>A statement that tells the processes that listen to <c>@channel</c>, when its transaction is committed; null where there
    /// is no such thing.</summary>
    public virtual string? NotifySql => null;

    /// <summary>How many rows are inserted at once; null where there is no better way than statements.</summary>
    public virtual BulkInsert? Bulk => null;

    /// <summary>A query for the number of the write transaction that it is asked in. One that begins after another has ended has a larger
    /// one.</summary>
    public abstract string TransactionNumberSql { get; }

    /// <summary>A query for a number: each transaction with a smaller one has ended.</summary>
    public abstract string SettledNumberSql { get; }

    /// <summary>What an INSERT says before its VALUES where it gives rows numbers that the database would give them.</summary>
    public virtual string NumbersGiven => "";

    /// <summary>A statement after which the database goes on numbering a table's rows behind those that were given; null where it does so by
    /// itself.</summary>
    public virtual string? ContinueNumbersSql(string table, string column) => null;

    /// <summary>Carries notifications within this process, where there is no <see cref="NotifySql"/>.</summary>
    public LocalNotifications Local { get; } = new();

    /// <summary>Whether a failed write transaction would, run again from its start, see what stood in its way and go round it.</summary>
    public abstract bool IsLostRace(DbException exception);

    /// <summary>Whether a commit that failed so may still have taken effect.</summary>
    public virtual bool IsOutcomeUnknown(DbException exception) => false;

    /// <summary>The error for people, where the cause lies outside of this program; else null.</summary>
    public virtual DatabaseException? Translate(DbException exception) => null;

    /// <summary>Keeps other processes from migrating the same database until the result is disposed.</summary>
    public abstract Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken);

    /// <summary>Settings of the database itself, made once under the migration lock before its schema is.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Calls back, until it is cancelled, whenever a process has notified the channel or a notification may have been missed. Where
    /// there is no <see cref="NotifySql"/>, nothing is heard of other processes: who listens polls, too.</summary>
    public virtual Task ListenAsync(string channel, Action notified, CancellationToken cancellationToken) =>
        Local.ListenAsync(channel, notified, cancellationToken);

    /// <summary>Finds out what the database can do beyond what all can; called once by each process, after the schema is up to date.</summary>
    public virtual Task DiscoverAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
