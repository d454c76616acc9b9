namespace DandelionMl.Storage;

/// <summary>A store that can try whether it can be written to, at little cost.</summary>
internal interface IWriteCheck
{
    /// <exception cref="StorageUnavailableException">It can't be; the message says why.</exception>
    void CheckWritable();
}
