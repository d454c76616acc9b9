namespace DandelionMl.Training;

/// <summary>A version can't be trained again, since a part of its lineage is gone.</summary>
internal sealed class IrreproducibleModelException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="version">The version.</param>
    /// <param name="reason">What is gone.</param>
    /// <param name="missingImages">SHA-256 of each image that is gone.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public IrreproducibleModelException(
        int version, string reason, IReadOnlyList<string> missingImages, Exception? innerException = null)
        : base($"Model version {version} can't be trained again: {reason}", innerException) =>
        (Version, MissingImages) = (version, missingImages);

    /// <summary>The version.</summary>
    public int Version { get; }

    /// <summary>SHA-256 of each image that is gone, lower-case hexadecimal.</summary>
    public IReadOnlyList<string> MissingImages { get; }
}
