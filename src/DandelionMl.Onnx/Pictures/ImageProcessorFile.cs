using System.Text.Json;
using DandelionMl.Imaging.Resampling;
using DandelionMl.Onnx.Graphs;

namespace DandelionMl.Onnx.Pictures;

/// <summary>The file <c>preprocessor_config.json</c> of the Hugging Face hub, which says how pictures are prepared for a
/// model.</summary>
internal static class ImageProcessorFile
{
    private const string Name = "preprocessor_config.json";
    private const int MostPixels = 2048;

    // Pillow's numbers of its filters.
    private const int PillowBilinear = 2;
    private const int PillowBicubic = 3;

    /// <summary>The file beside a model, or one folder up, since exports lie in a folder <c>onnx</c>; null where there is
    /// none.</summary>
    public static string? Near(string modelPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath));
        return new[] { folder, Path.GetDirectoryName(folder) }
            .Where(place => place is not null)
            .Select(place => Path.Combine(place!, Name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Reads the steps.</summary>
    /// <exception cref="UnusableGraphException">They are not those of an image processor that can be followed.</exception>
    public static PictureSteps Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement);
        }
        catch (Exception cause) when (cause is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UnusableGraphException(
                $"{path} can't be followed: {cause.Message} Name the preprocessing yourself, see OnnxBackboneOptions.Preprocessing.", cause);
        }
    }

    private static PictureSteps Read(JsonElement root)
    {
        var (width, height, shorterSide) = Sizes(root);
        var filter = Find(root, "resample") is not { } resample ? ResamplingFilter.Bilinear : resample.GetInt32() switch
        {
            PillowBilinear => ResamplingFilter.Bilinear,
            PillowBicubic => ResamplingFilter.Bicubic,
            var other => throw new FormatException($"It resizes by Pillow's filter {other}; bilinear (2) and bicubic (3) are supported."),
        };
        var scale = IsOn(root, "do_rescale") ? Find(root, "rescale_factor")?.GetSingle() ?? (1 / 255f) : 1;
        return IsOn(root, "do_normalize")
            ? new PictureSteps(width, height, shorterSide, filter, scale, Channels(root, "image_mean"), Channels(root, "image_std"))
            : new PictureSteps(width, height, shorterSide, filter, scale, 0, 1);
    }

    private static (int Width, int Height, int? ShorterSide) Sizes(JsonElement root)
    {
        if (!IsOn(root, "do_resize"))
        {
            throw new FormatException("It does not resize.");
        }

        var size = root.GetProperty("size");
        var cut = IsOn(root, "do_center_crop", otherwise: false) ? Find(root, "crop_size") : null;
        var shortest = size.ValueKind == JsonValueKind.Number ? (cut is null ? null : size) : Find(size, "shortest_edge");
        if (shortest is { } side)
        {
            var (width, height) = cut is { } crop ? Size(crop) : throw new FormatException("It resizes the shorter side and does not cut.");
            return side.GetInt32() is var edge && edge <= MostPixels && edge >= Math.Max(width, height)
                ? (width, height, edge)
                : throw new FormatException($"It cuts {width} × {height} pixels out of a shorter side of {side}.");
        }

        var whole = Size(size);
        return cut is null || Size(cut.Value) == whole
            ? (whole.Width, whole.Height, null)
            : throw new FormatException("It resizes to a fixed size and cuts another one.");
    }

    private static (int Width, int Height) Size(JsonElement size)
    {
        var (width, height) = size.ValueKind == JsonValueKind.Number
            ? (size.GetInt32(), size.GetInt32())
            : (size.GetProperty("width").GetInt32(), size.GetProperty("height").GetInt32());
        return width is > 0 and <= MostPixels && height is > 0 and <= MostPixels
            ? (width, height)
            : throw new FormatException($"A size of {width} × {height} pixels is not supported.");
    }

    private static (float Red, float Green, float Blue) Channels(JsonElement root, string name)
    {
        var values = root.GetProperty(name);
        return values.GetArrayLength() == 3
            ? (values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle())
            : throw new FormatException($"{name} is not for three channels.");
    }

    private static bool IsOn(JsonElement root, string name, bool otherwise = true) => Find(root, name)?.GetBoolean() ?? otherwise;

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
