using Microsoft.Extensions.Logging;

namespace DandelionMl.Mlflow;

/// <summary>What is logged of mirroring to MLflow: event ids 800 to 899. An id is never used again for another message.</summary>
internal static partial class MlflowLog
{
    [LoggerMessage(800, LogLevel.Information, "Trainings are mirrored to MLflow at {Server}, experiment '{Experiment}'")]
    public static partial void MirroringBegun(ILogger logger, Uri server, string experiment);

    [LoggerMessage(801, LogLevel.Warning, "Nothing is mirrored to MLflow at present: {Reason} Trainings go on, and are mirrored later")]
    public static partial void MirroringPaused(ILogger logger, string reason);

    [LoggerMessage(802, LogLevel.Error, "Mirroring to MLflow has stopped: {Reason} Trainings go on, and are mirrored after that")]
    public static partial void MirroringStopped(ILogger logger, string reason);

    [LoggerMessage(803, LogLevel.Information, "MLflow at {Server} takes trainings again")]
    public static partial void MirroringResumed(ILogger logger, Uri server);

    [LoggerMessage(804, LogLevel.Information, "Training of {Training} is on MLflow, run {Run}")]
    public static partial void TrainingMirrored(ILogger logger, string training, string? run);

    [LoggerMessage(805, LogLevel.Warning,
        "Training of {Training} is not on MLflow yet and is tried again in {Delay}: {Reason} ({Times} such since the last line)")]
    public static partial void TrainingDeferred(ILogger logger, string training, TimeSpan delay, string reason, int times);

    [LoggerMessage(806, LogLevel.Error, "Training of {Training} is not mirrored to MLflow any more: {Reason}")]
    public static partial void TrainingGivenUp(ILogger logger, string training, string reason);

    [LoggerMessage(807, LogLevel.Warning, "What is to be mirrored to MLflow could not be read: {Reason} ({Times} times since the last line)")]
    public static partial void OutboxNotRead(ILogger logger, string reason, int times, Exception? exception);
}
