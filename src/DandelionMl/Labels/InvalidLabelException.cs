
namespace DandelionMl.Labels;

/// <summary>A text is not a valid label: labels need 1 to 50 characters, none of them a control character.</summary>
public sealed class InvalidLabelException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="label">The text.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidLabelException(string label, string reason, Exception? innerException = null)
        : base($"'{label}' is not a valid label: {reason}", innerException) => Label = label;

    /// <summary>The text.</summary>
    public string Label { get; }
}
