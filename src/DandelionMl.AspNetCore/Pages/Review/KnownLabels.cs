using DandelionMl.Catalog;
using DandelionMl.Classification;

namespace DandelionMl.AspNetCore.Pages.Review;

/// <summary>The classes that a reviewer can choose from. Thread-safe.</summary>
internal sealed class KnownLabels(Classifier classifier, IImageCatalog catalog)
{
    /// <summary>Those of the served model first, then those that are only in the training set or that a reviewer made.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var stored = await catalog.CountByLabelAsync(ImageState.Stored, cancellationToken).ConfigureAwait(false);
        var validated = await catalog.CountByLabelAsync(ImageState.Validated, cancellationToken).ConfigureAwait(false);
        return [.. (classifier.Serving?.Labels ?? []).Concat(stored.Keys.Concat(validated.Keys).Order(StringComparer.CurrentCulture)).Distinct()];
    }
}
