namespace DandelionMl.DinoV2.Download;

/// <summary>A file that is downloaded only as exactly these bytes.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
internal sealed record PinnedFile(Uri Address, long Bytes, string Sha256)
{
    /// <summary>Its name in the cache: the address's last part.</summary>
    public string FileName => Path.GetFileName(Address.LocalPath);
}
