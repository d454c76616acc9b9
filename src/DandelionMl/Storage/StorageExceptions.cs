namespace DandelionMl.Storage;

/// <summary>An object was not found in the store.</summary>
public sealed class ObjectNotFoundException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ObjectNotFoundException(string key, Exception? innerException = null)
        : base($"There is no object '{key}'.", innerException) => Key = key;

    /// <summary>The key.</summary>
    public string Key { get; }
}

/// <summary>A storage key is not valid; see <see cref="IImageStore"/> for what a key is made of.</summary>
public sealed class InvalidStorageKeyException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">What is wrong with it.</param>
    public InvalidStorageKeyException(string key, string reason)
        : base($"'{key}' is not a valid storage key: {reason}") => Key = key;

    /// <summary>The key.</summary>
    public string Key { get; }
}

/// <summary>An object's bytes do not match its hash.</summary>
public sealed class ObjectCorruptedException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="expectedSha256">The SHA-256 that it should have.</param>
    /// <param name="actualSha256">The SHA-256 that it has.</param>
    public ObjectCorruptedException(string key, string expectedSha256, string actualSha256)
        : base($"Object '{key}' is damaged: its SHA-256 is {actualSha256}, not {expectedSha256}.") => Key = key;

    /// <summary>The object's key.</summary>
    public string Key { get; }
}
