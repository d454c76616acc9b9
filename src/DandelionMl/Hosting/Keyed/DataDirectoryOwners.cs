using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting.Keyed;

/// <summary>Which loop has which data directory: two in one would train on each other's photos.</summary>
internal sealed class DataDirectoryOwners
{
    private readonly ConcurrentDictionary<string, string> _owners = new(StringComparer.Ordinal);

    /// <summary>Gives a directory to a loop, unless another one has it.</summary>
    /// <returns>Who has it now.</returns>
    public string Claim(string directory, string owner) =>
        _owners.GetOrAdd(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)), owner);
}

/// <summary>Refuses a data directory that is another loop's.</summary>
internal sealed class DataDirectoryValidator(DataDirectoryOwners owners, string owner) : IValidateOptions<DandelionMlOptions>
{
    public ValidateOptionsResult Validate(string? name, DandelionMlOptions options)
    {
        if (string.IsNullOrEmpty(options.DataDirectory))
        {
            return ValidateOptionsResult.Skip;
        }

        var first = owners.Claim(options.DataDirectory, owner);
        return first == owner
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"DataDirectory '{options.DataDirectory}' of {owner} is also that of {first}: give each classifier its own data directory.");
    }
}
