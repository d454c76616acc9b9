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

    /// <summary>Adds the file. One that is damaged ends the start; later on, nobody is let in by it.</summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="dataDirectory">Where the file is.</param>
    /// <param name="isRunning">Whether the start is over; given, the file is read anew whenever it changes.</param>
    /// <exception cref="InvalidAdminFileException">The file is damaged.</exception>
    public static void AddAdminFile(this IConfigurationBuilder builder, string dataDirectory, Func<bool>? isRunning = null)
    {
        if (!TryCreate(dataDirectory))
        {
            return;
        }

        var file = new AdminFile(Path.GetFullPath(dataDirectory));
        var source = new JsonConfigurationSource
        {
            Path = file.Path,
            Optional = true,
            ReloadOnChange = isRunning is not null,
            OnLoadException = context => context.Ignore = isRunning?.Invoke() == true
                ? true
                : throw InvalidAdminFileException.Damaged(file.Path, context.Exception),
        };
        source.ResolveFileProvider();
        builder.Sources.Insert(0, source);
    }

    /// <summary>A folder must be there to be watched; a host whose data are all on servers may have none that it can make.</summary>
    private static bool TryCreate(string directory)
    {
        try
        {
            PrivateFolder.Create(directory);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
