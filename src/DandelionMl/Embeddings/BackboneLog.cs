using Microsoft.Extensions.Logging;

namespace DandelionMl.Embeddings;

/// <summary>What is logged of backbones: event ids 100 to 199. An id is never used again for another message.</summary>
internal static partial class BackboneLog
{
    [LoggerMessage(100, LogLevel.Warning,
        "This data directory uses backbone '{Chosen}', because '{Preferred}' can't be loaded now: {Reason} To switch later, call "
        + "BackboneSelection.UseAsync(\"{Preferred}\") and train again.")]
    public static partial void LowerBackboneChosen(ILogger logger, string chosen, string preferred, string reason);
}
