using DandelionMl.Imaging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DandelionMl.Onnx.Graphs;

/// <summary>The input of a graph that takes pictures: [n, 3, height, width], float32.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Batch">Pictures of a pass; null where the graph takes any number.</param>
/// <param name="Height">Height in pixels; null where it is free.</param>
/// <param name="Width">Width in pixels; null where it is free.</param>
internal sealed record PictureInput(string Name, int? Batch, int? Height, int? Width)
{
    private const int MostPictures = 64;

    /// <summary>The side of a square input in pixels; null where it is free or no square.</summary>
    public int? Side => Height == Width ? Height : null;

    /// <summary>Reads a graph's input.</summary>
    /// <exception cref="UnusableGraphException">It has further inputs, or one that takes no pictures.</exception>
    public static PictureInput Of(Session session)
    {
        if (session.Inputs.Count != 1)
        {
            throw new UnusableGraphException(
                $"A feature extractor has one input, the pictures, but this graph has {session.Inputs.Count}: "
                + $"{string.Join(", ", session.Inputs.Keys.Order(StringComparer.Ordinal))}. Export it without the others.");
        }

        var (name, input) = session.Inputs.Single();
        if (input.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR || input.ElementDataType != TensorElementType.Float)
        {
            throw new UnusableGraphException(
                $"The input '{name}' is of {(input.IsTensor ? input.ElementDataType : input.OnnxValueType)}, not of float32. Export it in float32.");
        }

        if (input.Dimensions is not [var batch, 3 or < 0, var height, var width])
        {
            throw new UnusableGraphException(
                $"The input '{name}' has the shape [{Shapes.Describe(input.Dimensions)}], not [n, 3, height, width]. Export it with "
                + "channels first.");
        }

        return batch <= MostPictures
            ? new PictureInput(name, Fixed(batch), Fixed(height), Fixed(width))
            : throw new UnusableGraphException(
                $"The input '{name}' takes {batch} pictures at once; at most {MostPictures} are supported. Export it with a free batch.");
    }

    /// <summary>Checks that a preprocessing makes what the graph takes.</summary>
    /// <exception cref="UnusableGraphException">It makes another size.</exception>
    public void Check(Preprocessing preprocessing)
    {
        if ((Height ?? preprocessing.Height) != preprocessing.Height || (Width ?? preprocessing.Width) != preprocessing.Width)
        {
            throw new UnusableGraphException(
                $"The input '{Name}' takes {Free(Width)} × {Free(Height)} pixels, but the preprocessing "
                + $"{preprocessing.Id} gives {preprocessing.Width} × {preprocessing.Height}. Choose one of the graph's size.");
        }
    }

    private static string Free(int? size) => size is null ? "any" : $"{size}";

    private static int? Fixed(int dimension) => dimension > 0 ? dimension : null;
}
