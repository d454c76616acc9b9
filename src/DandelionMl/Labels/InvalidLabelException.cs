
namespace DandelionMl.Labels;

/// <summary>A text that can't be an image's label: labels have 1 to 50 characters, no control characters among them.</summary>
public sealed class InvalidLabelException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="label">The text.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidLabelException(string label, string reason, Exception? innerException = null)
        : base($"'{label}' can't be a label: {reason}", innerException) => Label = label;

    /// <summary>The text.</summary>
    public string Label { get; }
}
