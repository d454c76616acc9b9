using DandelionMl.Data;

namespace DandelionMl.Transfer;

/// <summary>A table of a SQLite database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in their order.</param>
/// <param name="Key">The columns of its primary key.</param>
/// <param name="IsNumbered">Whether the database numbers its rows.</param>
/// <param name="References">The tables that its rows point to.</param>
internal sealed record SourceTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Key, bool IsNumbered, IReadOnlyList<string> References)
{
    /// <summary>Lists the tables that hold data, each after those that it points to.</summary>
    public static Task<List<SourceTable>> ListAsync(Database source, CancellationToken cancellationToken) => source.ReadAsync(
        async session =>
        {
            var tables = new List<SourceTable>();
            foreach (var (name, sql) in await session.QueryAsync(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_versions' ORDER BY name",
                null, row => (row.GetString(0), row.GetString(1))).ConfigureAwait(false))
            {
                var columns = await session.QueryAsync(
                    "SELECT name, pk FROM pragma_table_info(@table) ORDER BY cid", [("table", name)], row => (Name: row.GetString(0), Key: row.GetInt64(1))).ConfigureAwait(false);
                var references = await session.QueryAsync(
                    """SELECT DISTINCT "table" FROM pragma_foreign_key_list(@table)""", [("table", name)], row => row.GetString(0)).ConfigureAwait(false);
                tables.Add(new SourceTable(
                    name,
                    [.. columns.Select(column => column.Name)],
                    [.. columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name)],
                    sql.Contains("AUTOINCREMENT", StringComparison.OrdinalIgnoreCase),
                    [.. references.Where(reference => reference != name)]));
            }

            return Order(tables);
        },
        cancellationToken);

    private static List<SourceTable> Order(List<SourceTable> tables)
    {
        var ordered = new List<SourceTable>();
        while (ordered.Count < tables.Count)
        {
            ordered.AddRange(tables.Except(ordered)
                .Where(table => table.References.All(reference => ordered.Exists(before => before.Name == reference))).ToList() is { Count: > 0 } next
                    ? next
                    : throw new InvalidOperationException("Tables point to one another in a circle."));
        }

        return ordered;
    }
}
