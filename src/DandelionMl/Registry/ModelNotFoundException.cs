namespace DandelionMl.Registry;

/// <summary>The version was not found in the registry.</summary>
public sealed class ModelNotFoundException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="version">The requested version.</param>
    public ModelNotFoundException(int version)
        : base($"There is no model version {version}.") => Version = version;

    /// <summary>The requested version.</summary>
    public int Version { get; }
}
