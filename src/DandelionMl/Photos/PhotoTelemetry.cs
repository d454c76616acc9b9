using System.Diagnostics.Metrics;
using System.Globalization;
using DandelionMl.Telemetry;

namespace DandelionMl.Photos;

/// <summary>Metrics of the photos that people send, and of their review.</summary>
internal sealed class PhotoTelemetry
{
    /// <summary>So many versions are told apart.</summary>
    private const int MostVersions = 100;

    private readonly Counter<long> _received;
    private readonly Counter<long> _decisions;
    private readonly Gauge<int> _doubted;
    private readonly BoundedTag _versions = new(MostVersions);

    public PhotoTelemetry(IMeterFactory? meters = null)
    {
        var meter = LibraryTelemetry.Meter(meters);
        _received = meter.CreateCounter<long>(
            "dandelionml.photos.received", "{photo}", "Photos that people sent, by whether they were stored.");
        _decisions = meter.CreateCounter<long>(
            "dandelionml.review.decisions", "{decision}", "Reviewers' decisions, by action and the model version that had classified the photo.");
        _doubted = meter.CreateGauge<int>(
            "dandelionml.labels.doubted", "{photo}", "Photos of the training set whose labels are likely wrong, when they were checked last.");
    }

    public void Receive(ExaminedPhoto photo) => _received.Add(
        1,
        TelemetryTags.Of("dandelionml.upload.status", Text(photo.Status)));

    /// <summary>Notes how many labels are likely wrong.</summary>
    public void Doubt(int photos) => _doubted.Record(photos);

    /// <summary>Counts a decision that was accepted, as it was recorded: a correction to the predicted label is a confirmation.</summary>
    public void Decide(PhotoOutcome outcome)
    {
        if (outcome is { IsAccepted: true, Photo.Upload: { } upload })
        {
            _decisions.Add(
                1,
                TelemetryTags.Of("dandelionml.review.action", Text(upload.Review?.Action ?? PhotoAction.Undo)),
                TelemetryTags.Of(TelemetryTags.ModelVersion, _versions.Of(upload.ModelVersion.ToString(CultureInfo.InvariantCulture))));
        }
    }

    private static string Text(UploadStatus status) => status switch
    {
        UploadStatus.NotKept => "not_kept",
        UploadStatus.New => "new",
        UploadStatus.Known => "known",
        UploadStatus.Failed => "failed",
        UploadStatus.Erased => "erased",
        _ => TelemetryTags.Other,
    };

    private static string Text(PhotoAction action) => action switch
    {
        PhotoAction.Confirm => "confirm",
        PhotoAction.Correct => "correct",
        PhotoAction.NoneOfThese => "none_of_these",
        PhotoAction.Unusable => "unusable",
        PhotoAction.Undo => "undo",
        _ => TelemetryTags.Other,
    };
}
