namespace DandelionMl;

/// <summary>How far work on many images is.</summary>
/// <param name="Completed">Images done so far: of an ingestion those that were stored, found to be duplicates or failed; of an embedding
/// those that were embedded or can't be read.</param>
/// <param name="Total">Images that the work has to do in all.</param>
public readonly record struct ItemProgress(int Completed, int Total);
