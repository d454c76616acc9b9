namespace DandelionMl.Training;

/// <summary>An embedding can't be trained on; the message names its image and says why.</summary>
internal sealed class InvalidEmbeddingException(string message) : DandelionMlException(message);
