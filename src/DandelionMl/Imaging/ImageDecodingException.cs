namespace DandelionMl.Imaging;

/// <summary>The bytes are not an accepted picture; <see cref="Reason"/> gives the reason.</summary>
public sealed class ImageDecodingException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">Why the bytes are not accepted.</param>
    /// <param name="message">The reason in words, with the numbers.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ImageDecodingException(ImageDecodingFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why the bytes are not accepted.</summary>
    public ImageDecodingFailure Reason { get; }
}

/// <summary>Why a picture is not accepted.</summary>
public enum ImageDecodingFailure
{
    /// <summary>The file is empty.</summary>
    Empty,

    /// <summary>More bytes, pixels or frames than <see cref="ImageLimits"/> allows.</summary>
    TooLarge,

    /// <summary>The format is not supported (the message names it if it is known, such as HEIC, GIF or PDF), or the file is not a
    /// picture.</summary>
    UnsupportedFormat,

    /// <summary>The picture's format is supported, but the file is damaged or incomplete.</summary>
    Damaged,
}
