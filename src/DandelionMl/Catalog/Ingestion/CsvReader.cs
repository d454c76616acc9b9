using System.Text;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Reads comma-separated values as RFC 4180 writes them: quoted fields may hold commas, line breaks and doubled quotes; lines
/// end in CRLF or LF. In the comma's place may be a semicolon or a tab, as spreadsheets write them.</summary>
internal sealed class CsvReader
{
    // Far above any line of a manifest: a file that is none must not fill the memory.
    private const int MaxFieldLength = 64 * 1024;

    private readonly TextReader _text;
    private readonly char _separator;
    private readonly StringBuilder _field = new();
    private int _line = 1;

    public CsvReader(TextReader text, char separator = ',') => (_text, _separator) = (text, separator);

    /// <summary>The records, each with the number of the line it begins at; empty lines are left out.</summary>
    /// <exception cref="InvalidDatasetException">A quoted field does not end, a field is followed by neither a separator nor a line's end,
    /// or the text is in another encoding than it was read in.</exception>
    public IEnumerable<(int Line, IReadOnlyList<string> Fields)> ReadRecords()
    {
        while (_text.Peek() >= 0)
        {
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
                case var next when next == _separator:
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
                    throw new InvalidDatasetException($"Line {_line}: a field must be followed by {Name(_separator)} or the end of the line.");
            }
        }
    }

    private string ReadPlain()
    {
        _field.Clear();
        while (_text.Peek() is var next && next >= 0 && next != _separator && next is not ('\r' or '\n'))
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

    private static string Name(char separator) => separator switch
    {
        '\t' => "a tab",
        ';' => "a semicolon",
        _ => "a comma",
    };

    private void Append(char c)
    {
        // U+FFFD is what a decoder puts for bytes that it does not know, NUL every other one where it takes UTF-16 for UTF-8.
        if (c is '\uFFFD' or '\0')
        {
            throw new InvalidDatasetException($"Line {_line} is not in UTF-8: save the file as UTF-8, in a spreadsheet as \"CSV UTF-8\".");
        }

        if (_field.Length == MaxFieldLength)
        {
            throw new InvalidDatasetException($"Line {_line}: a field has more than {MaxFieldLength} characters.");
        }

        _field.Append(c);
    }
}
