namespace DandelionMl.Data;

/// <summary>Thrown by the work of a write transaction that finds a row changed since it read it; <see cref="Database.WriteAsync"/> rolls
/// back and runs the work again.</summary>
internal sealed class LostRaceException : Exception
{
    public LostRaceException(string message)
        : base(message)
    {
    }
}
