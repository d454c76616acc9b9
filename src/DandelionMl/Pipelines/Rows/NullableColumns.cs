using System.Data.Common;

namespace DandelionMl.Pipelines.Rows;

internal static class NullableColumns
{
    public static string? GetTextOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<string>(column);

    public static DateTimeOffset? GetTimeOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public static long? GetNumberOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<long>(column);
}
