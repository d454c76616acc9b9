namespace DandelionMl.Catalog.Ingestion;

/// <summary>Which fields of a manifest's lines are the source and the label.</summary>
/// <param name="Separator">What stands between fields.</param>
/// <param name="Count">How many fields a line has; without a header exactly, with one at most.</param>
/// <param name="Source">The source's place, from 0.</param>
/// <param name="Label">The label's place, from 0.</param>
/// <param name="HasHeader">Whether the first line gives names.</param>
internal sealed record ManifestColumns(char Separator, int Count, int Source, int Label, bool HasHeader)
{
    public static readonly ManifestColumns Default = new(',', 2, 0, 1, HasHeader: false);

    private const string Separators = ",;\t";

    // As common tools name them; the first that is there counts.
    public static readonly string[] SourceNames =
    [
        "url_source", "url", "uri", "image_url", "img_url", "path", "file_path", "filepath", "image_path", "img_path", "filename", "file_name",
        "file", "image", "img", "photo", "picture", "image_name", "image_file",
    ];

    public static readonly string[] LabelNames =
    [
        "label", "class", "category", "label_name", "class_name", "classname", "category_name", "class_label", "image_label", "labels", "species",
        "tag", "choice", "target",
    ];

    /// <summary>Tells the columns from the first line.</summary>
    /// <param name="firstLine">The line, without its end.</param>
    public static ManifestColumns Of(string firstLine)
    {
        var readings = Separators.Select(separator => (Separator: separator, Fields: Split(firstLine, separator))).ToList();
        return readings.Select(reading => OfHeader(reading.Separator, reading.Fields)).FirstOrDefault(columns => columns is not null)
            ?? Default with { Separator = readings.Find(reading => reading.Fields.Count == 2) is { Fields: not null } pair ? pair.Separator : ',' };
    }

    private static ManifestColumns? OfHeader(char separator, IReadOnlyList<string> fields)
    {
        var names = fields.Select(field => field.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_')).ToList();
        var (source, label) = (Place(names, SourceNames), Place(names, LabelNames));
        return source < 0 || label < 0 ? null : new ManifestColumns(separator, names.Count, source, label, HasHeader: true);
    }

    private static int Place(List<string> names, string[] known) =>
        known.Select(name => names.IndexOf(name)).FirstOrDefault(place => place >= 0, -1);

    private static IReadOnlyList<string> Split(string line, char separator)
    {
        try
        {
            using var text = new StringReader(line);
            return new CsvReader(text, separator).ReadRecords().Select(record => record.Fields).FirstOrDefault([]);
        }
        catch (InvalidDatasetException)
        {
            return [];
        }
    }
}
