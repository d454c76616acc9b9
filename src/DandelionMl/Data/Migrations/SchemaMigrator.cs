using System.Data.Common;

namespace DandelionMl.Data.Migrations;

/// <summary>Brings a database's schema up to date, forward only. The table <c>schema_versions</c> says which migrations it has had.</summary>
/// <remarks>The table is as FluentMigrator made it for earlier versions of the library, whose databases go on as they are.</remarks>
internal sealed class SchemaMigrator
{
    private const string VersionTable = "schema_versions";

    private readonly DatabaseProvider _provider;
    private readonly IReadOnlyList<Migration> _migrations;
    private readonly long _latest;

    /// <param name="provider">The database.</param>
    /// <param name="latest">The version to bring it to; null for the last one there is.</param>
    /// <param name="migrations">The steps; null for the library's.</param>
    public SchemaMigrator(DatabaseProvider provider, long? latest = null, IReadOnlyList<Migration>? migrations = null)
    {
        (_provider, _migrations) = (provider, migrations ?? MigrationList.All);
        _latest = latest ?? _migrations[^1].Version;
    }

    /// <returns>The version that the database had; 0 for a new one.</returns>
    /// <exception cref="DatabaseException">The database was written by a newer version of the library.</exception>
    public async Task<long> BringUpToDateAsync(CancellationToken cancellationToken)
    {
        // Nearly every start finds nothing to do, and needs no lock for that.
        var found = await ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        if (found == _latest || (found > _latest && await IsReadableAsync(found, cancellationToken).ConfigureAwait(false)))
        {
            return found;
        }

        await using var migrationLock = (await _provider.LockMigrationsAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var version = await ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        if (version > _latest && !await IsReadableAsync(version, cancellationToken).ConfigureAwait(false))
        {
            throw new DatabaseException(
                DatabaseFailure.TooNew,
                $"The database has schema version {version}; this program knows versions up to {_latest}. "
                + "Use a newer version of the program, or another data directory or database.");
        }

        if (version == 0 && await FindForeignTableAsync(cancellationToken).ConfigureAwait(false) is { } table)
        {
            throw new DatabaseException(
                DatabaseFailure.OtherProgram,
                $"The database holds a table '{table}' of another program. Nothing was changed: use a database of its own. (What the Python system "
                + "has, whose table plants_data this may be, is taken over by 'dandelion import-reference' of the tool DandelionMl.Tool.)");
        }

        if (version < _latest)
        {
            await _provider.PrepareAsync(cancellationToken).ConfigureAwait(false);
            await MigrateAsync(version, cancellationToken).ConfigureAwait(false);
        }

        return version;
    }

    private string CreateVersionTableSql =>
        $"""
        CREATE TABLE IF NOT EXISTS {VersionTable} (
            version {_provider.ColumnTypes.Long} NOT NULL,
            applied_on timestamp,
            description varchar(1024));
        CREATE UNIQUE INDEX IF NOT EXISTS ux_{VersionTable}_version ON {VersionTable} (version);
        """;

    /// <returns>0 for a database that has had no migration.</returns>
    private async Task<long> ReadVersionAsync(CancellationToken cancellationToken)
    {
        var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        var session = new DatabaseSession(connection, null, cancellationToken);
        return await session.ScalarAsync<long>(_provider.TableExistsSql, [("table", VersionTable)]).ConfigureAwait(false) == 0
            ? 0
            : await session.ScalarAsync<long>($"SELECT MAX(version) FROM {VersionTable}").ConfigureAwait(false);
    }

    /// <summary>A table that the first migration would make, and that is there before it.</summary>
    private async Task<string?> FindForeignTableAsync(CancellationToken cancellationToken)
    {
        var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        var session = new DatabaseSession(connection, null, cancellationToken);
        foreach (var table in InitialSchema.Tables)
        {
            if (await session.ScalarAsync<long>(_provider.TableExistsSql, [("table", table)]).ConfigureAwait(false) > 0)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Whether a newer schema says that this program can work on it.</summary>
    private async Task<bool> IsReadableAsync(long version, CancellationToken cancellationToken)
    {
        var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        return await new DatabaseSession(connection, null, cancellationToken).ScalarAsync<long?>(
            $"SELECT readable_from FROM {VersionTable} WHERE version = @version", [("version", version)]).ConfigureAwait(false) <= _latest;
    }

    /// <summary>The oldest schema whose programs can work on that of a version.</summary>
    private long ReadableFrom(long version) => _migrations.Last(migration => migration.Version <= version && !migration.IsReadableByOlder).Version;

    private async Task MigrateAsync(long from, CancellationToken cancellationToken)
    {
        var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        foreach (var migration in _migrations.Where(migration => migration.Version > from && migration.Version <= _latest))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var transactionLifetime = transaction.ConfigureAwait(false);
            await RunAsync(transaction, $"{CreateVersionTableSql}\n{migration.Sql(_provider.ColumnTypes)}", cancellationToken).ConfigureAwait(false);
            await new DatabaseSession(connection, transaction, cancellationToken).ExecuteAsync(
                $"INSERT INTO {VersionTable} (version, applied_on, description) VALUES (@version, CURRENT_TIMESTAMP, @description)",
                [("version", migration.Version), ("description", migration.Description)]).ConfigureAwait(false);
            if (migration.Version >= SchemaReaders.FirstVersion)
            {
                await new DatabaseSession(connection, transaction, cancellationToken).ExecuteAsync(
                    $"UPDATE {VersionTable} SET readable_from = @readable WHERE version = @version",
                    [("version", migration.Version), ("readable", ReadableFrom(migration.Version))]).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RunAsync(DbTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        var command = transaction.Connection!.CreateCommand();
        await using var commandLifetime = command.ConfigureAwait(false);
        (command.Transaction, command.CommandText) = (transaction, sql);

        // A large table may take as long as it takes.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
