namespace DandelionMl.Backbones;

/// <summary>A backbone can't be loaded: its weights can't be downloaded or read, or the native library is missing; or
/// no backbone has the id asked for.</summary>
public sealed class BackboneUnavailableException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is missing and what to do about it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public BackboneUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>No backbone has the id asked for.</summary>
    internal static BackboneUnavailableException Unknown(string id, IEnumerable<string> known) =>
        new($"There is no backbone '{id}'. Known: {string.Join(", ", known)}.");
}
