using System.Text.Json;
using System.Text.RegularExpressions;
using DandelionMl.Backbones;
using DandelionMl.Onnx.Graphs;

namespace DandelionMl.Onnx.Added;

/// <summary>The ONNX files that were added to a data directory, in its folder <c>backbones</c>: of each a copy,
/// <c>{id}.onnx</c>, or where its weights lie in files of their own a folder <c>{id}</c> with all of them; and what is known of it,
/// <c>{id}.json</c>.</summary>
/// <param name="dataDirectory">The data directory.</param>
internal sealed partial class AddedBackbones(string dataDirectory) : IBackboneSourceSet
{
    private const string NoteExtension = ".json";

    private readonly string _folder = Path.Combine(dataDirectory, "backbones");

    /// <inheritdoc/>
    public IReadOnlyList<IBackboneSource> Sources => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder, "*" + NoteExtension).Order(StringComparer.Ordinal).Select(SourceOf)]
        : [];

    /// <summary>Whether a backbone was added under this id.</summary>
    public bool Has(string id) => IsId(id) && File.Exists(NotePath(id));

    /// <summary>Whether a text can be the id of an added backbone.</summary>
    public static bool IsId(string id) => IdPattern().IsMatch(id);

    /// <summary>Loads a file, and keeps a copy of it if it can be used.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="options">The file, and how it is used.</param>
    /// <returns>What was added.</returns>
    /// <exception cref="BackboneUnavailableException">The file can't be used; the message says why.</exception>
    /// <exception cref="IOException">The copy can't be written.</exception>
    public AddedBackbone Add(string id, OnnxBackboneOptions options)
    {
        using var backbone = OnnxBackbone.Load(id, options);
        var note = new AddedBackbone
        {
            Sha256 = backbone.Info.WeightsSha256,
            File = backbone.WeightFiles.Count == 0 ? null : Path.Combine(id, Path.GetFileName(options.Path)),
            Dimensions = backbone.Info.Dimensions,
            Output = options.Output,
            MeanPool = options.MeanPool,
            License = options.License,
            Reading = backbone.Reading,
            Preprocessing = backbone.Info.Preprocessing.Id,
        };
        Directory.CreateDirectory(_folder);
        if (note.File is null)
        {
            Replace(ModelPath(id), path => FileCopy.Run(options.Path, path));
        }
        else
        {
            CopyFolder(id, Path.GetDirectoryName(Path.GetFullPath(options.Path))!, [Path.GetFileName(options.Path), .. backbone.WeightFiles]);
        }

        // The note makes it a backbone, so it comes last.
        Replace(
            NotePath(id), path => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(note, AddedBackboneJson.Default.AddedBackbone)));
        return note;
    }

    /// <summary>Deletes an added backbone.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public void Remove(string id)
    {
        File.Delete(NotePath(id));
        File.Delete(ModelPath(id));
        DeleteFolder(Path.Combine(_folder, id));
    }

    private IBackboneSource SourceOf(string notePath)
    {
        var id = Path.GetFileNameWithoutExtension(notePath);
        try
        {
            var note = JsonSerializer.Deserialize(File.ReadAllBytes(notePath), AddedBackboneJson.Default.AddedBackbone)
                ?? throw new JsonException("It is empty.");
            return note.SourceOf(id, note.File is { } file ? Path.Combine(_folder, file) : ModelPath(id));
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            return new DamagedBackboneSource(
                id, $"{notePath} can't be read: {cause.Message} Restore it, or remove the backbone and add it again.");
        }
    }

    private string ModelPath(string id) => Path.Combine(_folder, id + ".onnx");

    private string NotePath(string id) => Path.Combine(_folder, id + NoteExtension);

    private void CopyFolder(string id, string from, IEnumerable<string> files)
    {
        var (folder, aside) = (Path.Combine(_folder, id), Path.Combine(_folder, id + ".new"));
        DeleteFolder(aside);
        FileCopy.Run(from, aside, files);
        DeleteFolder(folder);
        Directory.Move(aside, folder);
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void Replace(string path, Action<string> write)
    {
        var aside = path + ".new";
        write(aside);
        File.Move(aside, path, overwrite: true);
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
