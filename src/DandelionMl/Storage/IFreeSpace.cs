namespace DandelionMl.Storage;

/// <summary>A store that knows how much room it has.</summary>
internal interface IFreeSpace
{
    /// <summary>Bytes that can still be written; null where it can't be told.</summary>
    long? FreeBytes { get; }
}
