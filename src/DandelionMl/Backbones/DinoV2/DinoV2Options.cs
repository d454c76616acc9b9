namespace DandelionMl.Backbones.DinoV2;

/// <summary>How a <see cref="DinoV2Backbone"/> is loaded.</summary>
public sealed class DinoV2Options
{
    /// <summary>Attention heads of each block, which weights do not tell. Default: null, for width / 64 as in every official
    /// network.</summary>
    public int? Heads { get; set; }

    /// <summary>Threads that a pass uses. (libtorch's own threads are not: they are set to one for the whole process.) Default: 0, for
    /// one per processor.</summary>
    public int Threads { get; set; }

    /// <summary>Cosine similarity from which two images count as the same photo. Default: 0.9.</summary>
    public float DuplicateThreshold { get; set; } = 0.9f;
}
