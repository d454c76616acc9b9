using DandelionMl.Catalog.Ingestion;
using DandelionMl.DinoV2;
using DandelionMl.Onnx;
using DandelionMl.Postgres;
using DandelionMl.Tool.Demo;
using DandelionMl.Hosting;

namespace DandelionMl.Tool.Hosting;

/// <summary>The library's services as the configuration asks for them, the same for every command.</summary>
internal static class HostServices
{
    /// <summary>Adds the embedded default, and in its place each server that is configured.</summary>
    public static DandelionMlBuilder AddConfiguredDandelionMl(this IServiceCollection services, IConfiguration configuration)
    {
        var builder = services.AddDandelionMl(configuration.GetSection(DandelionMlOptions.SectionName))
            .AddDinoV2(configuration.GetSection(DinoV2Options.SectionName))
            .AddResNet18()
            .AddOnnxBackbones(configuration.GetSection(OnnxBackboneOptions.SectionName));

        var postgres = configuration.GetSection(PostgresOptions.SectionName);
        if (!string.IsNullOrEmpty(postgres[nameof(PostgresOptions.ConnectionString)]))
        {
            builder.UsePostgres(postgres);
        }

        services.AddSingleton<IDataset, DemoDataset>();
        return builder.AddConfiguredS3(configuration).AddConfiguredMlflow(configuration);
    }
}
