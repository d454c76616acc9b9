using System.Data.Common;

namespace DandelionMl.Data;

/// <summary>A database's own way to insert many rows at once, of which some may be there already.</summary>
internal abstract class BulkInsert
{
    /// <summary>Rows from which it is worth its preparations.</summary>
    public const int FewestRows = 64;

    /// <summary>Inserts rows in the order given, in the connection's transaction; one that is there already stays as it is.</summary>
    /// <param name="connection">The connection, within a transaction.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">A value for each column, of the column's own type, or null.</param>
    /// <param name="numbersGiven">What <see cref="DatabaseProvider.NumbersGiven"/> says, or nothing.</param>
    /// <param name="cancellationToken">Cancels it; the transaction is then good for nothing.</param>
    /// <returns>How many were not there.</returns>
    public abstract Task<int> InsertAsync(
        DbConnection connection,
        string table,
        IReadOnlyList<string> columns,
        IEnumerable<object?[]> rows,
        string numbersGiven,
        CancellationToken cancellationToken);

    /// <summary>Columns as a list of SQL.</summary>
    public static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));
}
