using System.Text;

namespace DandelionMl.Data;

/// <summary>Builds the rows of a <c>VALUES</c> list, so that one statement inserts or looks up many on any database.</summary>
internal sealed class SqlRows
{
    /// <summary>Rows in a statement: enough that the statement's own cost does not count, and their parameters stay far below what
    /// databases take (32,766 in SQLite, 65,535 in PostgreSQL).</summary>
    public const int BatchSize = 100;

    private readonly StringBuilder _values = new();
    private readonly SqlParameters _parameters = [];
    private int _count;

    public SqlParameters Parameters => _parameters;

    /// <summary>Gives the statement a parameter beside the rows.</summary>
    public SqlRows With(string name, object? value)
    {
        _parameters.Add((name, value));
        return this;
    }

    public void Add(params ReadOnlySpan<object?> row)
    {
        _values.Append(_values.Length == 0 ? "(" : ", (");
        for (var i = 0; i < row.Length; i++)
        {
            var name = $"p{_count++}";
            _values.Append(i == 0 ? "@" : ", @").Append(name);
            _parameters.Add((name, row[i]));
        }

        _values.Append(')');
    }

    /// <summary>Whether there is no row, which no list can be made of.</summary>
    public bool IsEmpty => _values.Length == 0;

    /// <summary>The list that follows <c>VALUES</c>.</summary>
    public override string ToString() => _values.ToString();
}
