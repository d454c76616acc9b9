using DandelionMl.Hosting;
using Microsoft.Extensions.Configuration.Json;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Makes <c>admin.json</c> part of the configuration, below all other sources: what an operator sets elsewhere stands.</summary>
internal static class AdminConfiguration
{
    /// <summary>The data directory that is configured so far.</summary>
    public static string DataDirectory(this IConfiguration configuration) =>
        configuration[$"{DandelionMlOptions.SectionName}:{nameof(DandelionMlOptions.DataDirectory)}"] is { Length: > 0 } configured
            ? configured
            : DandelionMlOptions.DefaultDataDirectory;

    /// <summary>Adds the file, read anew whenever it changes. One that is damaged ends the start; later on, nobody is let in by it.</summary>
    /// <exception cref="InvalidAdminFileException">The file is damaged.</exception>
    public static void AddAdminFile(this IConfigurationBuilder builder, string dataDirectory, bool watch)
    {
        if (!TryCreate(dataDirectory))
        {
            return;
        }

        var file = new AdminFile(Path.GetFullPath(dataDirectory));
        var isStarting = true;
        var source = new JsonConfigurationSource
        {
            Path = file.Path,
            Optional = true,
            ReloadOnChange = watch,
            OnLoadException = context => context.Ignore = watch && !isStarting
                ? true
                : throw InvalidAdminFileException.Damaged(file.Path, context.Exception),
        };
        source.ResolveFileProvider();
        builder.Sources.Insert(0, source);
        isStarting = false;
    }

    /// <summary>A folder must be there to be watched; a host whose data are all on servers may have none that it can make.</summary>
    private static bool TryCreate(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
