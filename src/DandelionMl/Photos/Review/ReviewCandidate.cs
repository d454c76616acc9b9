namespace DandelionMl.Photos;

/// <summary>A photo that may be reviewed next.</summary>
/// <param name="ImageId">Its row in the catalog.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Margin">How sure the model was, 0 to 1.</param>
/// <param name="Direction">Its embedding, scaled to length 1; null if it is of another space than the rest.</param>
/// <param name="IsContested">Whether the champion's shadow gave it another class.</param>
internal sealed record ReviewCandidate(long ImageId, string Sha256, float Margin, float[]? Direction, bool IsContested = false)
{
    /// <summary>Its place in an order that has nothing to do with what is on it: digits of the hash that the holdout split does not
    /// look at.</summary>
    public string RandomRank => RandomRankOf(Sha256);

    /// <summary>The place of a photo whose bytes have a SHA-256. It is kept with the upload: live accuracy is told from the photos that are first
    /// in this order, see <see cref="LiveAccuracy.RandomDraw"/>.</summary>
    public static string RandomRankOf(string sha256) => sha256[16..32];
}
