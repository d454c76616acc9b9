using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Data.Migrations;

/// <summary>Brings a database's schema up to date, forward only.</summary>
internal sealed class SchemaMigrator
{
    private readonly DatabaseProvider _provider;

    public SchemaMigrator(DatabaseProvider provider) => _provider = provider;

    /// <exception cref="DatabaseTooNewException">The database was written by a newer version of the library.</exception>
    public async Task BringUpToDateAsync(CancellationToken cancellationToken)
    {
        // FluentMigrator takes a few hundred milliseconds to get going, one query does not: nearly every start finds nothing to do.
        if (await ReadVersionAsync(cancellationToken) == MigrationList.Latest)
        {
            return;
        }

        await using var migrationLock = await _provider.LockMigrationsAsync(cancellationToken);
        var version = await ReadVersionAsync(cancellationToken);
        if (version > MigrationList.Latest)
        {
            throw new DatabaseTooNewException(version, MigrationList.Latest);
        }

        if (version < MigrationList.Latest)
        {
            await _provider.PrepareAsync(cancellationToken);
            Migrate();
        }
    }

    /// <returns>0 for a database that has had no migration.</returns>
    private async Task<long> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken);
        var session = new DatabaseSession(connection, null, cancellationToken);
        return await session.ScalarAsync<long>(_provider.TableExistsSql, [("table", SchemaVersionTable.Name)]) == 0
            ? 0
            : await session.ScalarAsync<long>($"SELECT MAX(version) FROM {SchemaVersionTable.Name}");
    }

    private void Migrate()
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddFluentMigratorCore()
            .AddScoped<IFilteringMigrationSource, MigrationList>()
            .ConfigureRunner(builder =>
            {
                _provider.ConfigureMigrations(builder);
                builder.WithGlobalConnectionString(_provider.MigrationConnectionString).WithVersionTable(new SchemaVersionTable());
            })
            .BuildServiceProvider();
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
    }
}
