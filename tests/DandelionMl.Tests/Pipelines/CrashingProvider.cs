using System.Data.Common;
using DandelionMl.Data;
using DandelionMl.Data.Migrations;
using Polly;

namespace DandelionMl.Tests.Pipelines;

/// <summary>A database whose every read and every transaction passes a function, as the calls of a process that may crash do.</summary>
internal sealed class CrashingProvider : DatabaseProvider
{
    private readonly DatabaseProvider _inner;

    public CrashingProvider(DatabaseProvider inner, Func<Func<Task>, Task> around)
    {
        _inner = inner;
        Resilience = new ResiliencePipelineBuilder().AddStrategy(_ => new AroundStrategy(around), new AroundOptions()).Build();
    }

    public override DbDataSource DataSource => _inner.DataSource;

    public override ResiliencePipeline Resilience { get; }

    public override bool HasSingleWriter => _inner.HasSingleWriter;

    public override ColumnTypes ColumnTypes => _inner.ColumnTypes;

    public override string TableExistsSql => _inner.TableExistsSql;

    public override string TransactionNumberSql => _inner.TransactionNumberSql;

    public override string SettledNumberSql => _inner.SettledNumberSql;

    public override bool IsLostRace(DbException exception) => _inner.IsLostRace(exception);

    public override bool IsOutcomeUnknown(DbException exception) => _inner.IsOutcomeUnknown(exception);

    public override DatabaseException? Translate(DbException exception) => _inner.Translate(exception);

    public override Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken) =>
        _inner.LockMigrationsAsync(cancellationToken);

    public override Task PrepareAsync(CancellationToken cancellationToken) => _inner.PrepareAsync(cancellationToken);

    private sealed class AroundOptions : ResilienceStrategyOptions;

    private sealed class AroundStrategy(Func<Func<Task>, Task> around) : ResilienceStrategy
    {
        protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            Outcome<TResult> outcome = default;
            try
            {
                await around(async () => outcome = await callback(context, state));
                return outcome;
            }
            catch (Exception exception)
            {
                return Outcome.FromException<TResult>(exception);
            }
        }
    }
}
