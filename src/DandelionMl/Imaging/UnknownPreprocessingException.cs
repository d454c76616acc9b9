namespace DandelionMl.Imaging;

/// <summary>No preprocessing has the id asked for; the message lists those there are.</summary>
public sealed class UnknownPreprocessingException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="id">The id asked for.</param>
    /// <param name="known">The ids there are.</param>
    public UnknownPreprocessingException(string id, IEnumerable<string> known)
        : base($"There is no preprocessing '{id}'. Known: {string.Join(", ", known)}.") => PreprocessingId = id;

    /// <summary>The id asked for.</summary>
    public string PreprocessingId { get; }
}
