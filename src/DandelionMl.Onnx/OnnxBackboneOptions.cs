using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DandelionMl.Onnx;

/// <summary>How an ONNX file is used as a backbone; configuration section <c>DandelionMl:Backbones:Onnx:&lt;id&gt;</c>.</summary>
public sealed class OnnxBackboneOptions
{
    /// <summary>Name of the configuration section that has a section of these options for each backbone, by its id.</summary>
    public const string SectionName = "DandelionMl:Backbones:Onnx";

    /// <summary>The ONNX file. Weights that lie in files of their own are looked for in its folder, under the names that it has for them.
    /// Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>How pictures are prepared, such as <c>squash-bilinear-224</c> or <c>eval-bicubic-crop-224</c>. Default: null,
    /// for what the model says: its metadata entry <c>preprocessing</c>, else a file <c>preprocessor_config.json</c> beside it
    /// or one folder up (as on the Hugging Face hub), else <c>squash-bilinear</c> in the size of the graph's input, or 224 where
    /// that is free.</summary>
    /// <remarks>
    /// <para><c>squash-…-N</c> resizes to N × N pixels without keeping the aspect ratio; <c>eval-…-crop-N</c> resizes the
    /// shorter side to N · 8 / 7 and takes the middle N × N.</para>
    /// <para>Of <c>squash</c> there are <c>bilinear</c> and <c>bicubic</c> with ImageNet's mean and standard deviation, and,
    /// resized bilinearly, <c>unit</c> (values 0 to 1), <c>signed</c> (-1 to 1) and <c>raw</c> (0 to 255). Of <c>eval</c> there
    /// are <c>bilinear</c> and <c>bicubic</c>, with ImageNet's mean and standard deviation. Channels are red, green, blue.</para>
    /// </remarks>
    public string? Preprocessing { get; set; }

    /// <summary>Name of the output that the embedding is taken from. Default: null, for the only one, or <c>pooler_output</c>, or
    /// <c>last_hidden_state</c>, whichever there is first.</summary>
    public string? Output { get; set; }

    /// <summary>Whether an embedding is the mean over the patches, for an output of patch tokens [n, tokens, d] or of a feature
    /// map [n, d, height, width]; tokens before the patches (CLS, registers) are left out. Default: false, for the CLS token; an
    /// output that has none is then refused. Ignored for outputs [n, d] and [n, d, 1, 1].</summary>
    public bool MeanPool { get; set; }

    /// <summary>Threads that a pass uses, 1 to 1,024. Default: null, for one per processor that the process may use, as a container's limits
    /// say.</summary>
    [Range(1, 1024)]
    public int? Threads { get; set; }

    /// <summary>What runs the graph: <c>CPU</c>, <c>CUDA</c>, or the name of another execution provider of ONNX Runtime that the
    /// application brings. CUDA takes the package <c>Microsoft.ML.OnnxRuntime.Gpu</c> in the application. Default: <c>CPU</c>.
    /// </summary>
    [Required]
    public string ExecutionProvider { get; set; } = OnnxBackbone.Cpu;

    /// <summary>Cosine similarity from which two images count as the same photo. Default: 0.95.</summary>
    [Range(-1f, 1f)]
    public float DuplicateThreshold { get; set; } = 0.95f;

    /// <summary>The weights' licence, an SPDX id, for people to read. Default: null, for unknown.</summary>
    public string? License { get; set; }
}

/// <summary>Checks the annotations above, generated at build.</summary>
[OptionsValidator]
internal sealed partial class OnnxBackboneOptionsValidator : IValidateOptions<OnnxBackboneOptions>;
