using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using DandelionMl.Data;

namespace DandelionMl.Tests.Data;

/// <summary>All that makes a difference in the schema of a SQLite file, a line each: not how a type is spelt, but what SQLite does with
/// it.</summary>
internal static partial class SqliteSchema
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        await using var connections = new SqliteDataSource(path);
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        var session = new DatabaseSession(connection, null, cancellationToken);
        return
        [
            .. await session.QueryAsync(
                """
                SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, t.sql LIKE '%AUTOINCREMENT%'
                FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                ORDER BY t.name, c.cid
                """,
                [],
                row => $"{row[0]}.{row[1]} {AffinityOf((string)row[2])} notnull {row[3]} default {row[4]} key {row[5]} numbered {row[6]}"),
            .. await session.QueryAsync(
                """
                SELECT t.name, f."from", f."table", f."to", f.on_update, f.on_delete
                FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY t.name, f."from"
                """,
                [],
                Line),
            .. await session.QueryAsync(
                """
                SELECT t.name, i.name, i."unique", i.origin, i.partial, x.seqno, x.name, x."desc", x.coll, s.sql
                FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) x
                    LEFT JOIN sqlite_master s ON s.name = i.name
                WHERE t.type = 'table' AND x.key ORDER BY i.name, x.seqno
                """,
                [],
                row => $"{Line(row)} {WhereOf(row[9])}"),
        ];
    }

    private static string Line(DbDataReader row) => string.Join(
        ' ', Enumerable.Range(0, Math.Min(row.FieldCount, 9)).Select(i => Convert.ToString(row[i], CultureInfo.InvariantCulture)));

    private static string WhereOf(object sql) =>
        sql is string text && text.IndexOf("WHERE", StringComparison.Ordinal) is var at and >= 0 ? Spaces().Replace(text[at..], " ") : "";

    // "Determination Of Column Affinity" of SQLite's documentation; whole numbers that are a key are the row's number by their very name.
    private static string AffinityOf(string type) => type.ToUpperInvariant() switch
    {
        "INTEGER" => "INTEGER (by name)",
        var name when name.Contains("INT", StringComparison.Ordinal) => "INTEGER",
        var name when name.Contains("CHAR", StringComparison.Ordinal) || name.Contains("CLOB", StringComparison.Ordinal)
            || name.Contains("TEXT", StringComparison.Ordinal) => "TEXT",
        var name when name.Length == 0 || name.Contains("BLOB", StringComparison.Ordinal) => "BLOB",
        var name when name.Contains("REAL", StringComparison.Ordinal) || name.Contains("FLOA", StringComparison.Ordinal)
            || name.Contains("DOUB", StringComparison.Ordinal) => "REAL",
        _ => "NUMERIC",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
