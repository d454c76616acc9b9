using DandelionMl;
using DandelionMl.Backbones;
using DandelionMl.Hosting;
using DandelionMl.Onnx;
using DandelionMl.Onnx.Added;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ONNX files to the backbones.</summary>
public static class OnnxBackboneBuilderExtensions
{
    /// <summary>Adds an ONNX file to the backbones. It is used where its id is chosen, by
    /// <see cref="DandelionMlOptions.Backbone"/> or for a data directory; never by itself.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="id">The backbone's id; another file needs another id.</param>
    /// <param name="configure">Sets the file and how it is used, checked at start.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder AddOnnxBackbone(this DandelionMlBuilder builder, string id, Action<OnnxBackboneOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<OnnxBackboneOptions>(id).Configure(configure)
            .Validate(options => options.Path.Length > 0, $"The ONNX backbone '{id}' has no Path: set the ONNX file.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OnnxBackboneOptions>, OnnxBackboneOptionsValidator>());
        services.AddSingleton<IBackboneSource>(provider => new OnnxBackboneSource(
            id, provider.GetRequiredService<IOptionsMonitor<OnnxBackboneOptions>>().Get(id)));
        return builder;
    }

    /// <summary>Adds the ONNX files that a section of the configuration names, and those that <c>dandelion backbone add</c> has
    /// put into the data directory.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configuration">Has a section for each backbone, by its id; see <see cref="OnnxBackboneOptions"/>.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder AddOnnxBackbones(this DandelionMlBuilder builder, IConfigurationSection configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        foreach (var section in configuration.GetChildren())
        {
            builder.AddOnnxBackbone(section.Key, section.Bind);
        }

        builder.Services.TryAddSingleton(provider => new AddedBackbones(
            provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory));
        builder.Services.AddSingleton<IBackboneSourceSet>(provider => provider.GetRequiredService<AddedBackbones>());
        return builder;
    }
}
