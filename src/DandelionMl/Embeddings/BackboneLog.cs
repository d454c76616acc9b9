using Microsoft.Extensions.Logging;

namespace DandelionMl.Embeddings;

/// <summary>What is logged of backbones: event ids 100 to 199. An id is never used again for another message.</summary>
internal static partial class BackboneLog
{
    [LoggerMessage(100, LogLevel.Warning,
        "This data directory uses the small built-in backbone '{BuiltIn}', because '{Preferred}' can't be had now: {Reason} To switch "
        + "later: 'dandelion backbone use {Preferred}', then 'dandelion train'.")]
    public static partial void BuiltInBackboneChosen(ILogger logger, string builtIn, string preferred, string reason);
}
