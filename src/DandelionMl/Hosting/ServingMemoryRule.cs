using DandelionMl.Classification;
using DandelionMl.Imaging;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Refuses to serve more photos at a time than the memory holds: those in flight and one batch of them, as they are prepared for a
/// backbone of 224 × 224 pixels, may take half of it.</summary>
/// <param name="memory">Memory that the process may use, in bytes; a container's limit counts.</param>
internal sealed class ServingMemoryRule(long memory) : IValidateOptions<DandelionMlOptions>
{
    private const long Megabyte = 1 << 20;

    private static readonly long BytesOfPhoto = (long)Preprocessing.SquashBilinear224.TensorLength * sizeof(float);

    /// <summary>The rule on this machine.</summary>
    public ServingMemoryRule()
        : this(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
    {
    }

    public ValidateOptionsResult Validate(string? name, DandelionMlOptions options)
    {
        var (inFlight, batch) = (options.Classifier.MaxConcurrency, options.Classifier.MaxBatchSize);
        var bytes = ((long)inFlight + batch) * BytesOfPhoto;
        return bytes <= memory / 2
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{DandelionMlOptions.SectionName}:Classifier: {nameof(ClassifierOptions.MaxConcurrency)} is {inFlight} and "
                + $"{nameof(ClassifierOptions.MaxBatchSize)} is {batch}. So many photos take {bytes / Megabyte} MB when they are prepared for the backbone, "
                + $"more than half of the {memory / Megabyte} MB that this process may use: lower them, or give it more memory.");
    }
}
