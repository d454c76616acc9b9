namespace DandelionMl.Training;

/// <summary>Calls back at once and in order, where <see cref="Progress{T}"/> posts to the thread pool.</summary>
internal sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
