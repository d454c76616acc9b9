using DandelionMl.Hosting;
using DandelionMl.Mlflow;

namespace DandelionMl.Tool.Hosting;

/// <summary>MLflow by configuration alone: a tracking URI turns it on. MLflow's own environment variables are read, too, as far as a setting
/// of ours does not say otherwise.</summary>
internal static class ConfiguredMlflow
{
    public const string SectionName = $"{DandelionMlOptions.SectionName}:Mlflow";

    private const string UriVariable = "MLFLOW_TRACKING_URI";
    private const string Uri = nameof(MlflowOptions.TrackingUri);

    private static readonly (string Variable, string Setting)[] Variables =
    [
        ("MLFLOW_EXPERIMENT_NAME", nameof(MlflowOptions.Experiment)), ("MLFLOW_WORKSPACE", nameof(MlflowOptions.Workspace)),
        ("MLFLOW_TRACKING_USERNAME", nameof(MlflowOptions.Username)), ("MLFLOW_TRACKING_PASSWORD", nameof(MlflowOptions.Password)),
        ("MLFLOW_TRACKING_TOKEN", nameof(MlflowOptions.Token)),
    ];

    /// <summary>Settings that turn it off, whatever else is configured.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Off => [new($"{SectionName}:{Uri}", ""), new(UriVariable, "")];

    public static DandelionMlBuilder AddConfiguredMlflow(this DandelionMlBuilder builder, IConfiguration configuration)
    {
        var settings = Read(configuration);
        if (string.IsNullOrEmpty(settings[Uri]))
        {
            return builder;
        }

        return builder.UseMlflow(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{SectionName}:{setting.Key}", setting.Value)))
            .Build().GetSection(SectionName));
    }

    private static Dictionary<string, string?> Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(SectionName).GetChildren().Where(child => !string.IsNullOrEmpty(child.Value))
            .ToDictionary(child => child.Key, child => child.Value, StringComparer.OrdinalIgnoreCase);

        // A user name and a password belong together, and a token stands for both: those of one place are taken.
        var hasOwn = settings.Keys.Any(key => key is nameof(MlflowOptions.Username) or nameof(MlflowOptions.Password) or nameof(MlflowOptions.Token));
        settings.TryAdd(Uri, TrackingUri(configuration[UriVariable], hasOwn ? [] : settings));
        foreach (var (variable, setting) in Variables.Where(item => !hasOwn || item.Setting is nameof(MlflowOptions.Experiment) or nameof(MlflowOptions.Workspace)))
        {
            if (configuration[variable] is { Length: > 0 } value)
            {
                settings[setting] = settings.GetValueOrDefault(setting) ?? value;
            }
        }

        // As MLflow's own client: the user comes before the token.
        if (!hasOwn && settings.ContainsKey(nameof(MlflowOptions.Username)) && settings.ContainsKey(nameof(MlflowOptions.Password)))
        {
            settings.Remove(nameof(MlflowOptions.Token));
        }

        return settings;
    }

    /// <summary>The variable, where it names a server; it may name a folder or a database for other programs. Credentials in it become
    /// settings.</summary>
    private static string? TrackingUri(string? variable, Dictionary<string, string?> settings)
    {
        if (!System.Uri.TryCreate(variable, UriKind.Absolute, out var uri)
            || (uri.Scheme != System.Uri.UriSchemeHttp && uri.Scheme != System.Uri.UriSchemeHttps))
        {
            return null;
        }

        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } user, { Length: > 0 } password])
        {
            settings[nameof(MlflowOptions.Username)] = System.Uri.UnescapeDataString(user);
            settings[nameof(MlflowOptions.Password)] = System.Uri.UnescapeDataString(password);
        }

        return new UriBuilder(uri) { UserName = "", Password = "" }.Uri.AbsoluteUri;
    }
}
