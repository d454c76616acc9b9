using System.Data.Common;

namespace DandelionMl.Data;

/// <summary>Many rows by one statement that is prepared once and run for each: a statement of many rows has many parameters, of which SQLite
/// looks each up among all.</summary>
internal sealed class SqliteInsert : BulkInsert
{
    public override async Task<int> InsertAsync(
        DbConnection connection,
        string table,
        IReadOnlyList<string> columns,
        IEnumerable<object?[]> rows,
        string numbersGiven,
        CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var commandLifetime = command.ConfigureAwait(false);
        var names = columns.Select((_, index) => $"@p{index}");
        command.CommandText = $"INSERT INTO \"{table}\" ({List(columns)}) {numbersGiven} VALUES ({string.Join(", ", names)}) ON CONFLICT DO NOTHING";
        new SqlParameters(columns.Select((_, index) => ($"p{index}", (object?)null))).AddTo(command);
        var inserted = 0;
        foreach (var row in rows)
        {
            for (var index = 0; index < row.Length; index++)
            {
                command.Parameters[index].Value = SqlParameters.Convert(row[index]);
            }

            inserted += await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        return inserted;
    }
}
