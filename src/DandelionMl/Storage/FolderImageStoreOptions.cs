using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Storage;

/// <summary>Options of <see cref="FolderImageStore"/>.</summary>
internal sealed class FolderImageStoreOptions
{
    /// <summary>The folder that holds the objects; created when missing. A relative path is taken from the working directory at the time
    /// the store is made. There is no default.</summary>
    [Required]
    public string Root { get; set; } = "";
}
