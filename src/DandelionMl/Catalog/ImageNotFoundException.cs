namespace DandelionMl.Catalog;

/// <summary>The image was not found in the catalog.</summary>
public sealed class ImageNotFoundException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="id">The requested id.</param>
    public ImageNotFoundException(long id)
        : base($"There is no image {id} in the catalog.") => Id = id;

    /// <summary>The requested id.</summary>
    public long Id { get; }
}
