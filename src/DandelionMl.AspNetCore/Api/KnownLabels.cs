using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Labels;

namespace DandelionMl.AspNetCore.Api;

/// <summary>The classes that there are. A person who types one wrong is asked before a new one is made. Thread-safe.</summary>
internal sealed class KnownLabels(Classifier classifier, IImageCatalog catalog)
{
    /// <summary>Those of the served model first, then those that are only in the training set or that a reviewer made.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var stored = await catalog.CountByLabelAsync(ImageState.Stored, cancellationToken).ConfigureAwait(false);
        var validated = await catalog.CountByLabelAsync(ImageState.Validated, cancellationToken).ConfigureAwait(false);
        return [.. (classifier.Serving?.Labels ?? []).Concat(stored.Keys.Concat(validated.Keys).Order(StringComparer.CurrentCulture)).Distinct()];
    }

    /// <returns>The label if no class has it; null if one has, or it is null.</returns>
    /// <exception cref="InvalidLabelException">It is not valid.</exception>
    public async Task<UnknownLabel?> FindUnknownAsync(string? label, CancellationToken cancellationToken) =>
        (await FindUnknownAsync([label], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc cref="FindUnknownAsync(string?, CancellationToken)"/>
    /// <returns>The same for several, in their order.</returns>
    public async Task<IReadOnlyList<UnknownLabel?>> FindUnknownAsync(IReadOnlyList<string?> labels, CancellationToken cancellationToken)
    {
        var asked = labels.OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        asked.ForEach(ImageLabel.Check);
        var known = asked.Count == 0 ? [] : await ListAsync(cancellationToken).ConfigureAwait(false);
        return [.. labels.Select(label => label is null || known.Contains(label, StringComparer.Ordinal)
            ? null
            : new UnknownLabel(label, known.FirstOrDefault(other => ImageLabel.Plain(other) == ImageLabel.Plain(label))))];
    }
}

/// <summary>A label that no class has.</summary>
/// <param name="Label">The label.</param>
/// <param name="Similar">The class that differs from it in case, accents or spaces alone; null if there is none.</param>
internal sealed record UnknownLabel(string Label, string? Similar)
{
    /// <summary>Whether it would be a twin of a class that is not the one it is to name anew: that one may well change its case or accents.</summary>
    public bool IsTwinOfOtherThan(string renamed) => Similar is not null && Similar != renamed;

    public string Message => Similar is null
        ? $"There is no class '{Label}'. Set newClass to true to make it."
        : $"There is no class '{Label}', but '{Similar}'. Set newClass to true to make another.";
}
