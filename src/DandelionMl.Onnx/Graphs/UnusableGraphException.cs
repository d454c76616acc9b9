namespace DandelionMl.Onnx.Graphs;

/// <summary>A graph that can't be used as a feature extractor; the message says why and what to do, but not which file it
/// is.</summary>
internal sealed class UnusableGraphException(string message, Exception? innerException = null) : Exception(message, innerException);
