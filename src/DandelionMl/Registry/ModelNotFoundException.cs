namespace DandelionMl.Registry;

/// <summary>The registry has no such version.</summary>
public sealed class ModelNotFoundException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="version">The requested version.</param>
    public ModelNotFoundException(int version)
        : base($"There is no model version {version}.") => Version = version;

    /// <summary>The requested version.</summary>
    public int Version { get; }
}
