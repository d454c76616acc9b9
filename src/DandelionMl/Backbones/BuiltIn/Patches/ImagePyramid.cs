namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>An image and its mirror image at 96, 48 and 24 pixels.</summary>
internal sealed class ImagePyramid
{
    public const int Side = 96;

    /// <summary>Views: the image itself and its mirror image.</summary>
    public const int Views = 2;

    public const int Levels = 3;

    private readonly float[][] _images = new float[Views * Levels][];

    public ImagePyramid()
    {
        for (var i = 0; i < _images.Length; i++)
        {
            var side = SideOf(i % Levels);
            _images[i] = new float[3 * side * side];
        }
    }

    /// <summary>Width and height of a level in pixels.</summary>
    public static int SideOf(int level) => Side >> level;

    /// <summary>The image at a level.</summary>
    /// <param name="view">0 for the image itself, 1 for its mirror image.</param>
    /// <param name="level">0 for 96 pixels, 1 for 48, 2 for 24.</param>
    public ReadOnlySpan<float> this[int view, int level] => _images[view * Levels + level];

    /// <summary>Takes an image.</summary>
    /// <param name="image">Red, green and blue plane of 96×96 pixels.</param>
    public void Fill(ReadOnlySpan<float> image)
    {
        image.CopyTo(_images[0]);
        for (var row = 0; row < 3 * Side; row++)
        {
            var mirrored = _images[Levels].AsSpan(row * Side, Side);
            image.Slice(row * Side, Side).CopyTo(mirrored);
            mirrored.Reverse();
        }

        for (var view = 0; view < Views; view++)
        {
            for (var level = 1; level < Levels; level++)
            {
                Halve(this[view, level - 1], _images[view * Levels + level], SideOf(level));
            }
        }
    }

    private static void Halve(ReadOnlySpan<float> image, Span<float> half, int side)
    {
        for (var row = 0; row < 3 * side; row++)
        {
            var upper = image.Slice(4 * row * side, 2 * side);
            var lower = image.Slice((4 * row + 2) * side, 2 * side);
            var target = half.Slice(row * side, side);
            for (var x = 0; x < side; x++)
            {
                target[x] = (upper[2 * x] + upper[2 * x + 1] + (lower[2 * x] + lower[2 * x + 1])) / 4;
            }
        }
    }
}
