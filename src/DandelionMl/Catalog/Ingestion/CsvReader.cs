using System.Runtime.CompilerServices;
using System.Text;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Reads comma-separated values as RFC 4180 writes them: quoted fields may hold commas, line breaks and doubled quotes; lines
/// end in CRLF or LF.</summary>
internal sealed class CsvReader
{
    // Far above any line of a manifest: a file that is none must not fill the memory.
    private const int MaxFieldLength = 64 * 1024;

    private readonly TextReader _text;
    private readonly StringBuilder _field = new();
    private int _line = 1;

    public CsvReader(TextReader text) => _text = text;

    /// <summary>The records, each with the number of the line it begins at; empty lines are left out.</summary>
    /// <exception cref="InvalidDatasetException">A quoted field does not end, or a field is followed by neither a comma nor a line's
    /// end.</exception>
    public async IAsyncEnumerable<(int Line, IReadOnlyList<string> Fields)> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        while (_text.Peek() >= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = _line;
            var fields = ReadRecord();
            if (fields is not [""])
            {
                yield return (line, fields);
            }
        }
    }

    private List<string> ReadRecord()
    {
        var fields = new List<string>();
        while (true)
        {
            fields.Add(_text.Peek() == '"' ? ReadQuoted() : ReadPlain());
            switch (_text.Read())
            {
                case ',':
                    continue;
                case '\r' when _text.Peek() == '\n':
                    _text.Read();
                    _line++;
                    return fields;
                case '\n':
                    _line++;
                    return fields;
                case < 0:
                    return fields;
                default:
                    throw new InvalidDatasetException($"Line {_line}: a field must be followed by a comma or the end of the line.");
            }
        }
    }

    private string ReadPlain()
    {
        _field.Clear();
        while (_text.Peek() is var next && next >= 0 && next is not (',' or '\r' or '\n'))
        {
            Append((char)_text.Read());
        }

        return _field.ToString();
    }

    private string ReadQuoted()
    {
        _field.Clear();
        _text.Read();
        while (true)
        {
            var next = _text.Read();
            if (next < 0)
            {
                throw new InvalidDatasetException($"Line {_line}: a quoted field has no closing quote.");
            }

            if (next == '"' && _text.Peek() != '"')
            {
                return _field.ToString();
            }

            if (next == '"')
            {
                _text.Read();
            }
            else if (next == '\n')
            {
                _line++;
            }

            Append((char)next);
        }
    }

    private void Append(char c)
    {
        if (_field.Length == MaxFieldLength)
        {
            throw new InvalidDatasetException($"Line {_line}: a field has more than {MaxFieldLength} characters.");
        }

        _field.Append(c);
    }
}
