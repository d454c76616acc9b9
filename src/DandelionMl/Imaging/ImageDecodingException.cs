namespace DandelionMl.Imaging;

/// <summary>The bytes given as a picture can't be taken; <see cref="Reason"/> tells why.</summary>
public sealed class ImageDecodingException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">Why the bytes can't be taken.</param>
    /// <param name="message">The same in words, with the numbers.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ImageDecodingException(ImageDecodingFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why the bytes can't be taken.</summary>
    public ImageDecodingFailure Reason { get; }
}

/// <summary>Why a picture can't be taken.</summary>
public enum ImageDecodingFailure
{
    /// <summary>There is not a single byte.</summary>
    Empty,

    /// <summary>More bytes, pixels or frames than <see cref="ImageLimits"/> allows.</summary>
    TooLarge,

    /// <summary>A format that is not read (the message names it where it is known, such as HEIC, GIF or PDF), or no picture.</summary>
    UnsupportedFormat,

    /// <summary>A picture in a known format that is damaged or cut off.</summary>
    Damaged,
}
