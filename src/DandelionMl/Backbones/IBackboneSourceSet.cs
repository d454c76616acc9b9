namespace DandelionMl.Backbones;

/// <summary>Backbones that are only known when the application runs, such as those of a folder.</summary>
internal interface IBackboneSourceSet
{
    /// <summary>Their sources.</summary>
    IReadOnlyList<IBackboneSource> Sources { get; }
}
