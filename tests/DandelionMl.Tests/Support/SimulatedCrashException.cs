namespace DandelionMl.Tests.Support;

/// <summary>Stands for the end of the process: no code under test knows it, so none can handle it.</summary>
internal sealed class SimulatedCrashException : Exception;
