using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.DinoV2;
using DandelionMl.Imaging;
using DandelionMl.ResNet18;

namespace DandelionMl.Benchmarks.Predict;

/// <summary>A backbone that a benchmark is asked for by a short name, as <c>--backbone dinov2</c>.</summary>
/// <param name="Name">The short name.</param>
/// <param name="Id">The backbone's id.</param>
internal sealed record NamedBackbone(string Name, string Id)
{
    private static readonly NamedBackbone[] All =
        [new("built-in", BuiltInBackbone.DefaultId), new("resnet18", ResNet18Backbone.Id), new("dinov2", "dinov2-vits14")];

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static NamedBackbone Find(string name) => All.FirstOrDefault(backbone => backbone.Name == name)
        ?? throw new ArgumentException($"There is no backbone '{name}' here, but {string.Join(", ", All.Select(backbone => backbone.Name))}.");

    /// <summary>Makes its weights where it has none of its own, and settings of a host that serves it.</summary>
    /// <param name="folder">The host's data directory.</param>
    public Dictionary<string, string> Settings(string folder)
    {
        var settings = new Dictionary<string, string>
        {
            ["DandelionMl__Backbone"] = Id,
            ["DandelionMl__DataDirectory"] = folder,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (Name == "dinov2")
        {
            FormulaVitS14.Write(Weights(folder));
            settings[$"DandelionMl__Backbones__LocalWeights__{Id}"] = Weights(folder);

            // Weights by a formula learn little, and are to be served all the same.
            settings["DandelionMl__Gate__MinimumAccuracy"] = "0";
            settings["DandelionMl__Gate__MinimumRecall"] = "0";
        }

        return settings;
    }

    /// <summary>Loads it, with the weights that <see cref="Settings"/> made.</summary>
    /// <param name="folder">The host's data directory.</param>
    public IBackbone Load(string folder) => Name switch
    {
        "dinov2" => DinoV2Backbone.Load(Weights(folder), Id, Preprocessing.SquashBilinear224),
        "resnet18" => ResNet18Backbone.Load(),
        _ => BuiltInBackbone.Load(),
    };

    private static string Weights(string folder) => Path.Combine(folder, "dinov2.safetensors");
}
