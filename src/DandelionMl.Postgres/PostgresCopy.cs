using System.Data.Common;
using DandelionMl.Data;
using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>Many rows by binary COPY into a table of the transaction's own, and from there by one statement: COPY alone knows no row that is
/// there already.</summary>
internal sealed class PostgresCopy : BulkInsert
{
    private const string Staging = "staged_rows";

    public override async Task<int> InsertAsync(
        DbConnection connection,
        string table,
        IReadOnlyList<string> columns,
        IEnumerable<object?[]> rows,
        string numbersGiven,
        CancellationToken cancellationToken)
    {
        var npgsql = (NpgsqlConnection)connection;
        var list = List(columns);
        await ExecuteAsync(npgsql, $"CREATE TEMP TABLE {Staging} ON COMMIT DROP AS SELECT {list} FROM \"{table}\" WITH NO DATA", cancellationToken).ConfigureAwait(false);
        await CopyAsync(npgsql, list, rows, cancellationToken).ConfigureAwait(false);

        // In their order: of two transactions with the same rows none waits for the other in a circle.
        var inserted = await ExecuteAsync(
            npgsql, $"INSERT INTO \"{table}\" ({list}) {numbersGiven} SELECT {list} FROM {Staging} ORDER BY ctid ON CONFLICT DO NOTHING", cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(npgsql, $"DROP TABLE {Staging}", cancellationToken).ConfigureAwait(false);
        return inserted;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string list, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var copy = await connection.BeginBinaryImportAsync($"COPY {Staging} ({list}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using var copyLifetime = copy.ConfigureAwait(false);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
            foreach (var value in row)
            {
                await (value switch
                {
                    null => copy.WriteNullAsync(cancellationToken),

                    // PostgreSQL takes no text with a NUL character.
                    string text => copy.WriteAsync(text.Replace('\0', '\uFFFD'), cancellationToken),
                    _ => copy.WriteAsync(value, cancellationToken),
                }).ConfigureAwait(false);
            }
        }

        await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var commandLifetime = command.ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
