namespace DandelionMl.Registry;

/// <summary>The registry has no such version.</summary>
public sealed class ModelNotFoundException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="version">The version asked for.</param>
    public ModelNotFoundException(int version)
        : base($"There is no model version {version}.") => Version = version;

    /// <summary>The version asked for.</summary>
    public int Version { get; }
}
