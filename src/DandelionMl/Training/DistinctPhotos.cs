using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Counts near-duplicates of one class as one photo, as ten files of one scene prove no more than one does.</summary>
/// <remarks>
/// <para>A model is right on a photo if it is right on more than half of its images. So a photo is one trial, right or wrong, whatever the
/// number of its images: what the exact tests assume (McNemar 1947, Clopper and Pearson 1934) holds, as it does not for files that
/// share an answer. The mean over its images would be no trial, and one image chosen from them would be told by its bytes
/// alone. A photo of two images, one of them wrong, counts as wrong, for both models alike.</para>
/// <para>Images of two classes are two photos, however alike: one of the labels is wrong, and no photo has two.</para>
/// </remarks>
internal static class DistinctPhotos
{
    /// <summary>The photo of each image, by the groups that were recorded when a model was trained. Where they were not, the images are
    /// compared.</summary>
    /// <param name="images">The images, in an order that is always the same.</param>
    /// <param name="embeddings">Their embeddings by SHA-256; an image that has none, and no recorded group, is a photo of its own.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates; null if it is not known, when each image is a
    /// photo of its own.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>For each image, in the same order, the index of its photo's first image.</returns>
    public static int[] Find(
        IReadOnlyList<ManifestImage> images, IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings, float? threshold, CancellationToken cancellationToken = default)
    {
        if (threshold is not null && images.Any(image => image.Leader is null))
        {
            int[] known = [.. Enumerable.Range(0, images.Count).Where(index => embeddings.ContainsKey(images[index].Sha256))];
            var compared = Find(
                [.. known.Select(index => new LabelledEmbedding(images[index].Sha256, images[index].Label, embeddings[images[index].Sha256]))],
                threshold, cancellationToken);
            var found = Enumerable.Range(0, images.Count).ToArray();
            foreach (var (position, photo) in compared.Index())
            {
                found[known[position]] = known[photo];
            }

            return found;
        }

        var first = new Dictionary<(string Label, string Leader), int>();
        return [.. images.Select((image, index) =>
            threshold is null || first.TryAdd((image.Label, image.Leader!), index) ? index : first[(image.Label, image.Leader!)])];
    }

    /// <summary>The photo of each image, by comparing them.</summary>
    /// <param name="images">The images, in an order that is always the same, as the first of a photo is what others are compared
    /// with.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates; null if it is not known, when each image is a
    /// photo of its own.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>For each image, in the same order, the index of its photo's first image.</returns>
    public static int[] Find(IReadOnlyList<LabelledEmbedding> images, float? threshold, CancellationToken cancellationToken = default)
    {
        var photos = Enumerable.Range(0, images.Count).ToArray();
        if (threshold is null)
        {
            return photos;
        }

        foreach (var members in Enumerable.Range(0, images.Count).GroupBy(index => images[index].Label, StringComparer.Ordinal))
        {
            int[] indexes = [.. members];
            var leaders = NearDuplicates.FindLeaders([.. indexes.Select(index => images[index].Embedding)], threshold.Value, cancellationToken);
            foreach (var (position, leader) in leaders.Index())
            {
                photos[indexes[position]] = indexes[leader];
            }
        }

        return photos;
    }

    /// <summary>Whether a model is right on a photo.</summary>
    /// <param name="answers">Whether it is right on each of its images.</param>
    public static bool IsRight(IReadOnlyCollection<bool> answers) => 2 * answers.Count(isRight => isRight) > answers.Count;
}
