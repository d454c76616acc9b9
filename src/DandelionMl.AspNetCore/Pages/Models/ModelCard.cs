using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Registry;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>What is to be known of a version before it is used, on a page (Mitchell et al. 2019, "Model Cards for Model Reporting"): the same
/// content for the page to print and for Markdown.</summary>
internal sealed class ModelCard
{
    /// <summary>A matrix of more classes is wider than a page: it gives way to the confusions that are the most frequent.</summary>
    private const int MostClassesOfMatrix = 8;
    private const int MostConfusions = 10;

    /// <summary>Recall that is counted on fewer photos says little: 30 right ones of 30 may still be 9 of 10.</summary>
    private const int FewPhotos = 30;

    private readonly ModelVersion _model;
    private readonly IReadOnlyList<ManifestImage> _images;
    private readonly IStringLocalizer<Texts> _text;

    /// <param name="model">The version.</param>
    /// <param name="images">Its photos.</param>
    /// <param name="text">The reader's texts.</param>
    public ModelCard(ModelVersion model, IReadOnlyList<ManifestImage> images, IStringLocalizer<Texts> text)
    {
        (_model, _images, _text) = (model, images, text);
        Title = text["Card.Title", model.Version];
        Sections = [Purpose(), Data(), Test(), Confusion(), Verdict(), Limits(), Making(), .. Note()];
    }

    public string Title { get; }

    public IReadOnlyList<CardSection> Sections { get; }

    private CardSection Purpose() => new(
        _text["Card.Purpose"],
        [
            _text["Card.PurposeText", string.Join(", ", _model.Labels.Select(Isolated.Of))],
            _text["Joined.Named", _text["Models.State"], _text[$"State.{_model.State}"]],
        ]);

    private CardSection Data()
    {
        var sides = _images.CountBy(image => (image.Label, image.Split)).ToDictionary();
        return new CardSection(
            _text["Card.Data"],
            _model.Metrics.DistinctTrainingPhotos is { } distinct ? [_text["Card.Distinct", Show(distinct)]] : [],
            new CardTable(
                [_text["Home.Class"], _text["Lineage.Train"], _text["Lineage.Test"], _text["Home.Recall"], _text["Home.Precision"]],
                [
                    .. _model.Metrics.Classes.Select(item => (IReadOnlyList<string>)
                    [
                        item.Label, Show(sides.GetValueOrDefault((item.Label, DataSplit.Train))), Show(item.Images), Percent.Of(item.Recall), Percent.Of(item.Precision),
                    ]),
                ]));
    }

    private CardSection Test()
    {
        var metrics = _model.Metrics;
        return new CardSection(
            _text["Card.Test"],
            [
                $"{_text["Joined.Named", _text["Home.Accuracy"], Percent.Of(metrics.Accuracy)]}, {TestedOn.Describe(metrics, _text)}.",
                .. AccuracyInterval.Of(metrics) is { } interval
                    ? [_text["Joined.Named", _text["AccuracyChart.Interval"], _text["AccuracyChart.Between", Percent.Of(interval.Low), Percent.Of(interval.High)]]]
                    : Array.Empty<string>(),
                _text["Joined.Named", _text["Models.Calibration"], Percent.Of(metrics.ExpectedCalibrationError)],
                .. metrics.UncalibratedCalibrationError is { } error ? [_text["Models.Uncalibrated", Percent.Of(error)]] : Array.Empty<string>(),
                .. metrics is { PredictionSetCoverage: { } coverage, PredictionSetSize: { } size }
                    ? [$"{_text["Joined.Named", _text["Models.Sets"], Percent.Of(coverage)]}, {_text["Models.SetsNote", size.ToString("0.00", CultureInfo.CurrentCulture)]}."]
                    : Array.Empty<string>(),
            ]);
    }

    private CardSection Confusion() => _model.Labels.Count <= MostClassesOfMatrix
        ? new CardSection(
            _text["Confusion.Title"],
            [],
            new CardTable(
                [_text["Confusion.Corner"], .. _model.Labels],
                [.. _model.Metrics.ConfusionMatrix.Index().Select(row => (IReadOnlyList<string>)[_model.Labels[row.Index], .. row.Item.Select(Show)])]))
        : new CardSection(
            _text["Confusion.Most"],
            [],
            new CardTable(
                [_text["Home.Class"], _text["Lineage.Answer"], _text["Home.TestPhotos"]],
                [
                    .. _model.Metrics.ConfusionMatrix.Index()
                        .SelectMany(row => row.Item.Index().Where(cell => cell.Index != row.Index && cell.Item > 0).Select(cell => (Truth: row.Index, Taken: cell.Index, Count: cell.Item)))
                        .OrderByDescending(cell => cell.Count).Take(MostConfusions)
                        .Select(cell => (IReadOnlyList<string>)[_model.Labels[cell.Truth], _model.Labels[cell.Taken], Show(cell.Count)]),
                ]));

    private CardSection Verdict() => _model.Verdict is not { } verdict
        ? new CardSection(_text["Verdict.Title"], [_text["Verdict.NotAskedText"]])
        : new CardSection(
            _text["Verdict.Title"],
            [
                _text["Joined.Named", _text["Verdict.Outcome"], _text[verdict.Passed ? "Verdict.Passed" : "Verdict.Refused"]],
                _text[verdict.ChampionVersion is null ? "Verdict.Alone" : "Verdict.Beside", verdict.ChampionVersion ?? 0],
            ],
            new CardTable(
                [_text["Verdict.Check"], _text["Verdict.Outcome"], _text["Verdict.Words"]],
                [
                    .. verdict.Checks.Select(check => (IReadOnlyList<string>)
                    [
                        CheckText.NameOf(check, _text), _text[check.Passed ? "Verdict.Holds" : "Verdict.Fails"],
                        VerdictText.Explain(check, _model, _text) ?? check.Explanation,
                    ]),
                ]));

    private CardSection Limits()
    {
        var few = _model.Metrics.Classes.Where(item => (item.DistinctPhotos ?? item.Images) < FewPhotos).Select(item => Isolated.Of(item.Label)).ToList();
        return new CardSection(
            _text["Card.Limits"],
            [
                _text["Card.AnyPhoto"],
                _text["Card.SameSource"],
                .. few.Count > 0 ? [_text["Card.FewPhotos", FewPhotos, string.Join(", ", few)]] : Array.Empty<string>(),
                .. VerdictText.Notes(_model, _text) ?? _model.Verdict?.Notes ?? [],
            ]);
    }

    private CardSection Making() => new(
        _text["Models.Made"],
        [],
        new CardTable(
            [],
            [
                [_text["Home.Trained"], $"{_model.CreatedAt.UtcDateTime.ToString("d MMM yyyy HH:mm", CultureInfo.CurrentCulture)} UTC"],
                [_text["Home.Backbone"], $"{_model.Space.BackboneId} · {_model.Space.PreprocessingId}"],
                [_text["Models.ArtifactHash"], _model.ArtifactSha256],
                [_text["Models.ManifestHash"], _model.ManifestSha256],
            ]));

    private IEnumerable<CardSection> Note() => _model is { Note: { } note, NoteBy: { } author, NoteAt: { } at }
        ? [new CardSection(_text["Note.Title"], [note, $"{author} · {at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.CurrentCulture)}"])]
        : [];

    private static string Show(int number) => number.ToString("N0", CultureInfo.CurrentCulture);
}

/// <summary>A part of a <see cref="ModelCard"/>.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Paragraphs">What it says.</param>
/// <param name="Table">A table below it; null for none.</param>
internal sealed record CardSection(string Title, IReadOnlyList<string> Paragraphs, CardTable? Table = null);

/// <summary>A table of a <see cref="ModelCard"/>: its first column names the rows.</summary>
/// <param name="Head">The heads of its columns; empty for none.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record CardTable(IReadOnlyList<string> Head, IReadOnlyList<IReadOnlyList<string>> Rows);
