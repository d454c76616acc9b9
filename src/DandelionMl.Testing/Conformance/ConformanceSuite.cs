using System.Security.Cryptography;
using System.Text;

namespace DandelionMl.Testing.Conformance;

/// <summary>Base class of the conformance suites: each tests a contract that every implementation must pass. xUnit makes an
/// instance for each test, so each test has data of its own.</summary>
/// <remarks>To run one against a store of your own, derive a class from it in a test project of xUnit v3, and override <c>Open</c>; the
/// tests come with it. <see cref="InitializeAsync"/> and <see cref="DisposeAsync"/> are the places to make and to remove what the store
/// keeps its data in. Tests of what your store does beyond the contract can stand in the same class.</remarks>
public abstract class ConformanceSuite : IAsyncLifetime
{
    /// <summary>Cancelled when the test run is.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Creates the place for the test's data: a folder, a bucket, a database.</summary>
    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Removes it.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A hash for a name, as if it were an image's.</summary>
    protected static string Sha256(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Enumerates to the end.</summary>
    protected static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var items = new List<T>();
        await foreach (var item in source)
        {
            items.Add(item);
        }

        return items;
    }
}
