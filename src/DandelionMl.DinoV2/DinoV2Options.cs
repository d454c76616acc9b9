using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DandelionMl.DinoV2;

/// <summary>How DINOv2 networks are loaded; configuration section <c>DandelionMl:Backbones:DinoV2</c>.</summary>
public sealed class DinoV2Options
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "DandelionMl:Backbones:DinoV2";

    /// <summary>Attention heads of each block, which weights do not tell. Default: null, for width / 64 as in every official
    /// network.</summary>
    [Range(1, 1024)]
    public int? Heads { get; set; }

    /// <summary>Threads that a pass uses, 1 to 1,024; these are the library's own, not libtorch's. Default: null, for one per processor that the
    /// process may use, as a container's limits say.</summary>
    [Range(1, 1024)]
    public int? Threads { get; set; }

    /// <summary>Whether libtorch's own threads are set to one, for the whole process. Default: true, since they spin while they wait for
    /// each other and slow down everything else. False leaves them as they are, for an application that uses TorchSharp itself.</summary>
    public bool LimitTorchThreads { get; set; } = true;

    /// <summary>Cosine similarity from which two images count as the same photo. Default: 0.9.</summary>
    [Range(-1f, 1f)]
    public float DuplicateThreshold { get; set; } = 0.9f;
}

/// <summary>Checks the annotations above, generated at build.</summary>
[OptionsValidator]
internal sealed partial class DinoV2OptionsValidator : IValidateOptions<DinoV2Options>;
