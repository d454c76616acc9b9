using System.Security.Cryptography;
using System.Text;

namespace DandelionMl.Registry;

/// <summary>The exact images that a model was trained and tested on.</summary>
/// <param name="Images">The images, ordered by SHA-256.</param>
public sealed record TrainingManifest(IReadOnlyList<ManifestImage> Images)
{
    /// <summary>The images, ordered by SHA-256.</summary>
    public IReadOnlyList<ManifestImage> Images { get; init => field = ValueList<ManifestImage>.Of(value); } =
        ValueList<ManifestImage>.Of(Images);

    /// <summary>SHA-256, in lower-case hexadecimal, of the manifest's canonical form: a line <c>sha256 TAB split TAB label LF</c> an
    /// image, in the order of <see cref="Images"/>, in UTF-8.</summary>
    public string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in Images)
        {
            var split = image.Split == DataSplit.Train ? "train" : "test";
            hash.AppendData(Encoding.UTF8.GetBytes($"{image.Sha256}\t{split}\t{image.Label}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>An image of a training manifest.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Label">Its class at the time.</param>
/// <param name="Split">The side it was on.</param>
public sealed record ManifestImage(string Sha256, string Label, DataSplit Split)
{
    /// <summary>SHA-256 of the image that leads the group of near-duplicates it was counted in, its own if that is itself; null where that
    /// was not recorded.</summary>
    public string? Leader { get; init; }
}

/// <summary>The side of the split that an image is on.</summary>
public enum DataSplit
{
    /// <summary>The head was fitted on it.</summary>
    Train,

    /// <summary>Held out: the model was measured on it and never saw it.</summary>
    Test,
}
