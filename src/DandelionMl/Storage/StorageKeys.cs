using System.Buffers;
using System.Globalization;
using DandelionMl.Imaging;
using DandelionMl.Labels;

namespace DandelionMl.Storage;

/// <summary>The keys that objects are kept under. Images are addressed by their content, so the same bytes put twice are one object
/// and no name that a user sent ever becomes part of a key.</summary>
public static class StorageKeys
{
    /// <summary>What the keys of every training image begin with.</summary>
    public const string RawPrefix = "raw/";

    /// <summary>What the keys of images that wait for a person's review begin with.</summary>
    public const string PendingPrefix = "raw/new_data/pending_validation/";

    /// <summary>What the keys of reviewed images that wait for the next retraining begin with.</summary>
    public const string CorrectedPrefix = "raw/new_data/corrected_data/";

    /// <summary>What the keys of images that a reviewer refused begin with.</summary>
    public const string RejectedPrefix = "raw/new_data/rejected/";

    /// <summary>What the keys of originals begin with whose scaled-down copies joined the training set.</summary>
    public const string OriginalPrefix = "raw/new_data/original/";

    /// <summary>What the keys of model artifacts begin with.</summary>
    public const string ModelPrefix = "model/";

    /// <summary>What the keys of objects begin with that were moved aside: <c>aside/{yyyy-MM-dd}/{key}</c>.</summary>
    internal const string AsidePrefix = "aside/";

    /// <summary>The longest key, in characters.</summary>
    public const int MaxLength = 512;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%=+/");

    /// <summary>Key of a training image: <c>raw/{label}/{sha256}.{ext}</c>.</summary>
    /// <param name="label">Its class, encoded by <see cref="LabelSegment.Encode"/>.</param>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
    /// <param name="format">Its format, which gives the extension.</param>
    /// <exception cref="ArgumentException">The hash is malformed.</exception>
    /// <exception cref="InvalidLabelException">The label is not a well-formed text of 1 to 50 characters.</exception>
    public static string Raw(string label, string sha256, ImageFormat format) =>
        $"{RawPrefix}{LabelSegment.Encode(label)}/{FileName(sha256, format)}";

    /// <summary>Key of an image that waits for review: <c>raw/new_data/pending_validation/{sha256}.{ext}</c>. The predicted label is
    /// in the database only, since another model may predict another one for the same bytes.</summary>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
    /// <param name="format">Its format, which gives the extension.</param>
    /// <exception cref="ArgumentException">The hash is malformed.</exception>
    public static string Pending(string sha256, ImageFormat format) => PendingPrefix + FileName(sha256, format);

    /// <summary>Key of a reviewed image: <c>raw/new_data/corrected_data/{label}/{sha256}.{ext}</c>.</summary>
    /// <param name="label">Its validated class, encoded by <see cref="LabelSegment.Encode"/>.</param>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
    /// <param name="format">Its format, which gives the extension.</param>
    /// <exception cref="ArgumentException">The hash is malformed.</exception>
    /// <exception cref="InvalidLabelException">The label is not a well-formed text of 1 to 50 characters.</exception>
    public static string Corrected(string label, string sha256, ImageFormat format) =>
        $"{CorrectedPrefix}{LabelSegment.Encode(label)}/{FileName(sha256, format)}";

    /// <summary>Key of an image that a reviewer refused: <c>raw/new_data/rejected/{sha256}.{ext}</c>.</summary>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
    /// <param name="format">Its format, which gives the extension.</param>
    /// <exception cref="ArgumentException">The hash is malformed.</exception>
    public static string Rejected(string sha256, ImageFormat format) => RejectedPrefix + FileName(sha256, format);

    /// <summary>Key of the original of a scaled-down training image: <c>raw/new_data/original/{sha256}.{ext}</c>.</summary>
    /// <param name="sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
    /// <param name="format">Its format, which gives the extension.</param>
    /// <exception cref="ArgumentException">The hash is malformed.</exception>
    public static string Original(string sha256, ImageFormat format) => OriginalPrefix + FileName(sha256, format);

    /// <summary>Key of a model artifact: <c>model/{yyyy-MM-dd}/{name}_{number}.safetensors</c>.</summary>
    /// <param name="day">The day of its registration, UTC.</param>
    /// <param name="name">What comes before the number, such as <c>dinov2_classifier</c>; of characters that a key takes.</param>
    /// <param name="number">The number within the day, from 1.</param>
    /// <exception cref="InvalidStorageKeyException">The name holds a character that no key takes.</exception>
    public static string Model(DateOnly day, string name, int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{ModelPrefix}{day:yyyy-MM-dd}/{name}_{number}.safetensors");
        Validate(key);
        return key;
    }

    /// <summary>Checks a key: segments joined by <c>/</c>, each of ASCII letters, digits and <c>. _ - % = +</c>, none empty, <c>.</c> or
    /// <c>..</c>, at most <see cref="MaxLength"/> characters in all. No such key leads out of a folder, whatever the platform.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InvalidStorageKeyException">The key is malformed; the message says how.</exception>
    public static void Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > MaxLength)
        {
            throw new InvalidStorageKeyException(key[..40] + "…", $"it has {key.Length} characters, more than {MaxLength}.");
        }

        var at = key.AsSpan().IndexOfAnyExcept(Allowed);
        if (at >= 0)
        {
            throw new InvalidStorageKeyException(key, $"it contains U+{(int)key[at]:X4}; letters, digits and . _ - % = + / are accepted.");
        }

        foreach (var segment in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(segment) is "" or "." or "..")
            {
                throw new InvalidStorageKeyException(key, "a segment is empty, '.' or '..'.");
            }
        }
    }

    /// <summary>The key that an object had before it was moved aside; null for other keys.</summary>
    internal static string? OriginOfAside(string key) =>
        key.StartsWith(AsidePrefix, StringComparison.Ordinal) && key[AsidePrefix.Length..].Split('/', 2) is [_, var origin] ? origin : null;

    /// <summary>Whether a name that somebody else may have given is a key.</summary>
    internal static bool IsKey(string name) => name.Length <= MaxLength && name.Split('/').All(static segment => IsSegment(segment));

    /// <summary>Whether a name may be a segment of a key.</summary>
    internal static bool IsSegment(ReadOnlySpan<char> name) =>
        name is not ("" or "." or "..") && !name.Contains('/') && !name.ContainsAnyExcept(Allowed);

    /// <summary>The format that an image's key tells by its extension; JPEG where it tells none.</summary>
    internal static ImageFormat FormatOf(string key) => Path.GetExtension(key) switch
    {
        ".png" => ImageFormat.Png,
        ".webp" => ImageFormat.WebP,
        _ => ImageFormat.Jpeg,
    };

    private static string FileName(string sha256, ImageFormat format)
    {
        ContentHash.Check(sha256, nameof(sha256));
        return $"{sha256}.{Extension(format)}";
    }

    private static string Extension(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpg",
        ImageFormat.Png => "png",
        ImageFormat.WebP => "webp",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "An unknown image format."),
    };
}
