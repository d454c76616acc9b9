using System.ComponentModel.DataAnnotations;
using DandelionMl.Backbones;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Retraining;
using DandelionMl.Training;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>All settings of the library; configuration section <c>DandelionMl</c>.</summary>
public sealed class DandelionMlOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "DandelionMl";

    /// <summary>The data directory where none is configured: <c>dandelionml</c> in the user's folder for application data (on Linux
    /// <c>~/.local/share</c>).</summary>
    public static string DefaultDataDirectory => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "dandelionml");

    /// <summary>Where photos, models and the SQLite file are kept; <see cref="DefaultDataDirectory"/> by default. The folder is made where
    /// it is missing. Nothing can be kept in memory alone: for a test take a folder of
    /// <see cref="Directory.CreateTempSubdirectory(string)"/>.</summary>
    [Required]
    [DeniedValues(":memory:", ErrorMessage =
        "DataDirectory is ':memory:', but photos and models need a folder. In a test, use Directory.CreateTempSubdirectory().")]
    public string DataDirectory { get; set; } = DefaultDataDirectory;

    /// <summary>Id of the backbone for a new data directory, or <see cref="BackboneSelection.Automatic"/>, the default. A directory that
    /// already has photos keeps the one it has; see <see cref="BackboneSelection"/>.</summary>
    [Required]
    public string Backbone { get; set; } = BackboneSelection.Automatic;

    /// <summary>Limits on photos.</summary>
    [ValidateObjectMembers]
    public ImageLimits Images { get; set; } = new();

    /// <summary>Where backbones' weights are.</summary>
    [Required]
    public BackboneOptions Backbones { get; set; } = new();

    /// <summary>How photos are ingested.</summary>
    [ValidateObjectMembers]
    public IngestionOptions Ingestion { get; set; } = new();

    /// <summary>How heads are trained.</summary>
    [ValidateObjectMembers]
    public TrainingOptions Training { get; set; } = new();

    /// <summary>How users' photos are reviewed.</summary>
    [ValidateObjectMembers]
    public ReviewOptions Review { get; set; } = new();

    /// <summary>When a retraining is due.</summary>
    [ValidateObjectMembers]
    public RetrainPolicyOptions Retraining { get; set; } = new();

    /// <summary>What a candidate must reach to become the champion.</summary>
    [ValidateObjectMembers]
    public PromotionGateOptions Gate { get; set; } = new();

    /// <summary>How the champion is served.</summary>
    [ValidateObjectMembers]
    public ClassifierOptions Classifier { get; set; } = new();

    /// <summary>How pipelines are run and scheduled.</summary>
    [Required]
    public PipelineOptions Pipelines { get; set; } = new();
}

/// <summary>Checks the annotations above, generated at build.</summary>
[OptionsValidator]
internal sealed partial class DandelionMlOptionsValidator : IValidateOptions<DandelionMlOptions>;
