using DandelionMl.Hosting;
using DandelionMl.Mlflow;

namespace DandelionMl.Tool.Hosting;

/// <summary>MLflow by configuration alone: a tracking URI turns it on. MLflow's own environment variables are read, too, where none of our
/// settings says otherwise.</summary>
internal static class ConfiguredMlflow
{
    public const string SectionName = $"{DandelionMlOptions.SectionName}:Mlflow";

    private const string UriVariable = "MLFLOW_TRACKING_URI";

    private const string Username = nameof(MlflowOptions.Username);
    private const string Password = nameof(MlflowOptions.Password);
    private const string Token = nameof(MlflowOptions.Token);

    /// <summary>Settings that turn it off, whatever else is configured.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Off =>
        [new($"{SectionName}:{nameof(MlflowOptions.TrackingUri)}", ""), new(UriVariable, "")];

    public static DandelionMlBuilder AddConfiguredMlflow(this DandelionMlBuilder builder, IConfiguration configuration)
    {
        var settings = Read(configuration);
        return settings.ContainsKey(nameof(MlflowOptions.TrackingUri))
            ? builder.UseMlflow(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{SectionName}:{setting.Key}", (string?)setting.Value)))
                .Build().GetSection(SectionName))
            : builder;
    }

    private static Dictionary<string, string> Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(SectionName).GetChildren().Where(child => !string.IsNullOrEmpty(child.Value))
            .ToDictionary(child => child.Key, child => child.Value!, StringComparer.OrdinalIgnoreCase);

        // What belongs together is taken from one place.
        var hasCredentials = settings.ContainsKey(Username) || settings.ContainsKey(Password) || settings.ContainsKey(Token);
        var credentials = hasCredentials ? [] : CredentialsOf(configuration);
        if (!settings.ContainsKey(nameof(MlflowOptions.TrackingUri)) && ServerOf(configuration[UriVariable]) is { } server)
        {
            settings[nameof(MlflowOptions.TrackingUri)] = new UriBuilder(server) { UserName = "", Password = "" }.Uri.AbsoluteUri;
            if (!hasCredentials && server.UserInfo.Split(':', 2) is [{ Length: > 0 } user, { Length: > 0 } password])
            {
                credentials = [new(Username, Uri.UnescapeDataString(user)), new(Password, Uri.UnescapeDataString(password))];
            }
        }

        foreach (var (name, value) in credentials.Append(new(nameof(MlflowOptions.Experiment), configuration["MLFLOW_EXPERIMENT_NAME"]))
            .Append(new(nameof(MlflowOptions.Workspace), configuration["MLFLOW_WORKSPACE"])))
        {
            if (!string.IsNullOrEmpty(value))
            {
                settings.TryAdd(name, value);
            }
        }

        return settings;
    }

    /// <summary>As MLflow's own client reads them: a user comes before a token.</summary>
    private static List<KeyValuePair<string, string?>> CredentialsOf(IConfiguration configuration)
    {
        var (user, password) = (configuration["MLFLOW_TRACKING_USERNAME"], configuration["MLFLOW_TRACKING_PASSWORD"]);
        return string.IsNullOrEmpty(user) && string.IsNullOrEmpty(password)
            ? [new(Token, configuration["MLFLOW_TRACKING_TOKEN"])]
            : [new(Username, user), new(Password, password)];
    }

    /// <summary>The server that the variable names; it may name a folder or a database for other programs.</summary>
    private static Uri? ServerOf(string? variable) =>
        Uri.TryCreate(variable, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;
}
