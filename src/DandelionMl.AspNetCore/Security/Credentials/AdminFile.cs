using System.Text.Json;
using System.Text.Json.Nodes;
using DandelionMl.Hosting;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary><c>admin.json</c> in the data directory: the settings that the <c>dandelion admin</c> commands write. For its owner's eyes
/// only, and never half written.</summary>
internal sealed class AdminFile(string dataDirectory)
{
    public const string FileName = "admin.json";

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Path { get; } = System.IO.Path.Combine(dataDirectory, FileName);

    /// <summary>Sets the value under <c>DandelionMl:Admin:{section}:{name}</c>.</summary>
    /// <returns>False if there was none of the name, whatever its case.</returns>
    /// <exception cref="InvalidAdminFileException">The file is damaged, or another command is at it.</exception>
    public bool Set(string section, string name, string value) => Change(section, name, value);

    /// <summary>Removes the value under <c>DandelionMl:Admin:{section}:{name}</c>.</summary>
    /// <returns>False if there was none.</returns>
    /// <exception cref="InvalidAdminFileException">The file is damaged, or another command is at it.</exception>
    public bool Remove(string section, string name) => Change(section, name, value: null);

    private bool Change(string section, string name, string? value)
    {
        PrivateFolder.Create(dataDirectory);
        using var turn = TakeTurn();
        var root = Read();
        var values = Child(Child(Child(root, DandelionMlOptions.SectionName), "Admin"), section);
        var present = values.FirstOrDefault(item => item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Key;
        if (present is not null)
        {
            values.Remove(present);
        }

        if (value is not null)
        {
            values[name] = value;
        }

        Write(root);
        return present is not null;
    }

    private FileStream TakeTurn()
    {
        try
        {
            return new FileStream(Path + ".lock", Options(FileMode.OpenOrCreate));
        }
        catch (IOException exception)
        {
            throw new InvalidAdminFileException($"{Path} can't be changed now: another command is changing it. Try again.", exception);
        }
    }

    private JsonObject Read()
    {
        try
        {
            return File.Exists(Path) ? JsonNode.Parse(File.ReadAllBytes(Path)) as JsonObject ?? throw new JsonException() : [];
        }
        catch (JsonException exception)
        {
            throw InvalidAdminFileException.Damaged(Path, exception);
        }
    }

    private JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not { } child)
        {
            parent[name] = child = new JsonObject();
        }

        return child as JsonObject ?? throw InvalidAdminFileException.Damaged(Path, null);
    }

    private void Write(JsonObject root)
    {
        var aside = Path + ".new";
        using (var stream = new FileStream(aside, Options(FileMode.Create)))
        {
            JsonSerializer.Serialize(stream, root, Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, Path, overwrite: true);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var result = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            result.UnixCreateMode = OwnersOnly;
        }

        return result;
    }
}

/// <summary><c>admin.json</c> can't be read or changed.</summary>
internal sealed class InvalidAdminFileException(string message, Exception? innerException) : DandelionMlException(message, innerException)
{
    public static InvalidAdminFileException Damaged(string path, Exception? cause) => new(
        $"{path} can't be read: it is damaged, or belongs to another user. Repair it, or delete it and set passwords and keys again with 'dandelion admin'.",
        cause);
}
