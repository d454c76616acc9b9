using DandelionMl;
using DandelionMl.Data;
using DandelionMl.Postgres;
using DandelionMl.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Uses PostgreSQL instead of the SQLite file.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>Keeps catalog, embeddings, registry and settings in PostgreSQL (tested with 15), shared by any number of processes
    /// and machines. The first process creates or updates its tables.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="connectionString">See <see cref="PostgresOptions.ConnectionString"/>.</param>
    public static DandelionMlBuilder UsePostgres(this DandelionMlBuilder builder, string connectionString) =>
        builder.UsePostgres(options => options.ConnectionString = connectionString);

    /// <inheritdoc cref="UsePostgres(DandelionMlBuilder, string)"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configuration">The section with the settings, checked at start; see <see cref="PostgresOptions"/>.</param>
    public static DandelionMlBuilder UsePostgres(this DandelionMlBuilder builder, IConfigurationSection configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.UsePostgres(options => configuration.Bind(options));
    }

    /// <inheritdoc cref="UsePostgres(DandelionMlBuilder, string)"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configure">Sets the settings, checked at start.</param>
    public static DandelionMlBuilder UsePostgres(this DandelionMlBuilder builder, Action<PostgresOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<PostgresOptions>().Configure(configure).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>());
        builder.Services.Replace(ServiceDescriptor.Singleton(provider => new Database(new PostgresProvider(
            provider.GetRequiredService<IOptions<PostgresOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresProvider>>(),
            provider.GetRequiredService<RetryTelemetry>()))));
        return builder;
    }
}
