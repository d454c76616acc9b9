using DandelionMl.Hosting;

namespace DandelionMl.Tool.Commands;

/// <summary>Where settings come from, the later winning: <c>appsettings.json</c> beside the program, environment variables
/// (<c>DandelionMl__Backbone</c> …), the command line.</summary>
internal static class HostConfiguration
{
    public static IConfigurationBuilder Create(DirectoryInfo? data, IReadOnlyDictionary<string, string?>? settings) =>
        new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLineSettings(data, settings);

    public static IConfigurationBuilder AddCommandLineSettings(
        this IConfigurationBuilder builder, DirectoryInfo? data, IReadOnlyDictionary<string, string?>? settings)
    {
        var all = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>());
        if (data is not null)
        {
            all[$"{DandelionMlOptions.SectionName}:{nameof(DandelionMlOptions.DataDirectory)}"] = data.FullName;
        }

        return builder.AddInMemoryCollection(all);
    }
}
