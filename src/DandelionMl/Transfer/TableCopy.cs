using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Data;

namespace DandelionMl.Transfer;

/// <summary>Copies a table from a SQLite database into another database of the same schema, and compares the two.</summary>
/// <param name="table">The table.</param>
/// <param name="types">What the target gives for each column.</param>
/// <param name="change">Changes a value on its way, by the column's name; null leaves it.</param>
internal sealed class TableCopy(SourceTable table, IReadOnlyList<Type> types, Func<string, object?[], object?> change)
{
    private const int RowsPerTransaction = 1_000;

    private readonly string _columns = BulkInsert.List(table.Columns);

    /// <summary>Copies the rows that the target does not have.</summary>
    public async Task CopyAsync(Database source, Database target, string numbersGiven, Action<int> copied, CancellationToken cancellationToken)
    {
        var waiting = new List<object?[]>();
        async Task WriteAsync()
        {
            await target.WriteIdempotentAsync(session => session.InsertNewAsync(table.Name, table.Columns, waiting, numbersGiven), cancellationToken).ConfigureAwait(false);
            copied(waiting.Count);
            waiting.Clear();
        }

        await source.ReadAsync(
            async session =>
            {
                waiting.Clear();
                await foreach (var row in ReadAsync(session).ConfigureAwait(false))
                {
                    waiting.Add(row);
                    if (waiting.Count == RowsPerTransaction)
                    {
                        await WriteAsync().ConfigureAwait(false);
                    }
                }

                return 0;
            },
            cancellationToken).ConfigureAwait(false);
        if (waiting.Count > 0)
        {
            await WriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>How many rows there are, and a hash of them all that does not depend on their order.</summary>
    /// <param name="database">The source or the target.</param>
    /// <param name="isSource">Which of the two it is.</param>
    /// <param name="leftOut">A row that is left out, by the value of its first column.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public Task<TableContent> ReadContentAsync(Database database, bool isSource, string? leftOut, CancellationToken cancellationToken) => database.ReadAsync(
        async session =>
        {
            var (rows, sum) = (0L, new byte[SHA256.HashSizeInBytes]);
            await foreach (var row in ReadAsync(session, isChanged: isSource).ConfigureAwait(false))
            {
                if (leftOut is null || row[0] as string != leftOut)
                {
                    rows++;
                    Add(sum, SHA256.HashData(Canonical(row)));
                }
            }

            return new TableContent(table.Name, rows, Convert.ToHexStringLower(sum));
        },
        cancellationToken);

    private IAsyncEnumerable<object?[]> ReadAsync(DatabaseSession session, bool isChanged = true)
    {
        var order = isChanged && table.Key.Count > 0 ? $" ORDER BY {BulkInsert.List(table.Key)}" : "";
        return session.StreamAsync($"SELECT {_columns} FROM {Quote(table.Name)}{order}", null, reader => ReadRow(reader, isChanged));
    }

    private object?[] ReadRow(DbDataReader reader, bool isChanged)
    {
        var row = new object?[types.Count];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null : ReadValue(reader, i);
        }

        for (var i = 0; isChanged && i < row.Length; i++)
        {
            row[i] = change(table.Columns[i], row) ?? row[i];
        }

        return row;
    }

    /// <summary>SQLite has no type for a time or a truth value: what the target has says what it is.</summary>
    private object ReadValue(DbDataReader reader, int column) => types[column] switch
    {
        var type when type == typeof(DateTime) || type == typeof(DateTimeOffset) => reader.GetFieldValue<DateTimeOffset>(column).ToUniversalTime(),
        var type when type == typeof(bool) => reader.GetBoolean(column),
        var type when type == typeof(int) => reader.GetInt32(column),
        var type when type == typeof(long) => reader.GetInt64(column),
        var type when type == typeof(double) => reader.GetDouble(column),
        var type when type == typeof(byte[]) => reader.GetFieldValue<byte[]>(column),
        var type when type == typeof(string) => reader.GetString(column),
        _ => reader.GetValue(column),
    };

    private static byte[] Canonical(object?[] row)
    {
        using var bytes = new MemoryStream();
        foreach (var value in row)
        {
            var part = value switch
            {
                null => [],
                byte[] raw => raw,
                string text => Encoding.UTF8.GetBytes(text),
                DateTimeOffset time => Number(time.UtcTicks),
                double number => Number(BitConverter.DoubleToInt64Bits(number)),
                bool truth => Number(truth ? 1 : 0),
                IConvertible number => Number(number.ToInt64(null)),
                _ => throw new InvalidOperationException($"A value of {value.GetType()} can't be compared."),
            };
            bytes.Write(Number(value is null ? -1 : part.Length));
            bytes.Write(part);
        }

        return bytes.ToArray();
    }

    private static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>Adds two numbers of 256 bits.</summary>
    private static void Add(byte[] sum, byte[] hash)
    {
        var carry = 0;
        for (var i = 0; i < sum.Length; i++)
        {
            carry += sum[i] + hash[i];
            sum[i] = (byte)carry;
            carry >>= 8;
        }
    }

    internal static string Quote(string name) => $"\"{name}\"";
}

/// <summary>What a table holds.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Hash">The sum of the rows' SHA-256, whatever their order.</param>
internal sealed record TableContent(string Table, long Rows, string Hash);
