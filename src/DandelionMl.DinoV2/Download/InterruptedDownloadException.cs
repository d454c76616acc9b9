namespace DandelionMl.DinoV2.Download;

/// <summary>A download broke off in a way that another try may mend. It is an <see cref="IOException"/> so that the last try's error is
/// told like every other.</summary>
/// <param name="cause">What broke it off.</param>
internal sealed class InterruptedDownloadException(Exception cause) : IOException(cause.Message, cause);
