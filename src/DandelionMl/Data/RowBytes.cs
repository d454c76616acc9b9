using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DandelionMl.Data;

/// <summary>Reads columns of bytes.</summary>
internal static class RowBytes
{
    /// <summary>The bytes of a column, which are there until the next row is read.</summary>
    /// <remarks>SQLite hands out its own memory: a copy of each of very many would be garbage at once.</remarks>
    public static ReadOnlySpan<byte> ReadBytes(this DbDataReader row, int ordinal) =>
        row is SqliteDataReader { Handle: { } statement } ? raw.sqlite3_column_blob(statement, ordinal) : row.GetFieldValue<byte[]>(ordinal);
}
