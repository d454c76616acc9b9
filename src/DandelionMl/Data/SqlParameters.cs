using System.Collections;
using System.Data.Common;

namespace DandelionMl.Data;

/// <summary>The values of a statement's parameters by their names, written as <c>[("id", id), ("now", now)]</c>. Those that the statement
/// does not name do no harm, so that several statements may share one list.</summary>
/// <remarks>Texts, numbers, truth values, bytes and times in UTC mean the same on every database; an enumeration is given as the text that
/// stands for it, and many values of one kind as <see cref="SqlRows"/>, which <c>IN (VALUES …)</c> takes everywhere.</remarks>
internal sealed class SqlParameters : IEnumerable<(string Name, object? Value)>
{
    private readonly List<(string Name, object? Value)> _parameters = [];

    public SqlParameters()
    {
    }

    public SqlParameters(IEnumerable<(string Name, object? Value)> parameters) => _parameters.AddRange(parameters);

    /// <summary>A value as it is given to the database.</summary>
    // Not every database takes a text with a NUL character; none has one, so that what is looked for so is not found.
    public static object Convert(object? value) => value is string text ? text.Replace('\0', '\uFFFD') : value ?? DBNull.Value;

    public void Add((string Name, object? Value) parameter) => _parameters.Add(parameter);

    public void AddTo(DbCommand command)
    {
        foreach (var (name, value) in _parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, Convert(value));
            command.Parameters.Add(parameter);
        }
    }

    public IEnumerator<(string Name, object? Value)> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
