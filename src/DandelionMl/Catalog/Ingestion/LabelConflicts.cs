namespace DandelionMl.Catalog.Ingestion;

/// <summary>Tells where a data set and the catalog disagree on a label.</summary>
internal static class LabelConflicts
{
    /// <summary>Finds the images that a data set labels otherwise than they are kept. A label that a person gave is no conflict, nor that of a
    /// withdrawn or erased image.</summary>
    /// <param name="catalog">Knows what people corrected.</param>
    /// <param name="images">What the data set says, and the image that is kept.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IEnumerable<LabelConflict>> FindAsync(
        IImageCatalog catalog, IReadOnlyCollection<(ManifestEntry Entry, CatalogImage Image)> images, CancellationToken cancellationToken)
    {
        var differing = images.Where(pair => pair.Image.Label != pair.Entry.Label && pair.Image.State is not (ImageState.Withdrawn or ImageState.Erased)).ToList();
        if (differing.Count == 0)
        {
            return [];
        }

        var corrected = await catalog.FindCorrectedAsync([.. differing.Select(pair => pair.Image.Id)], cancellationToken).ConfigureAwait(false);
        return differing.Where(pair => !corrected.Contains(pair.Image.Id)).Select(pair => new LabelConflict(
            ImageSource.Display(pair.Entry.UrlSource), pair.Entry.Label, ImageSource.Display(pair.Image.UrlSource), pair.Image.Label));
    }
}
