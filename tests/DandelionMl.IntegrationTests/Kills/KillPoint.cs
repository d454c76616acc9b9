using DandelionMl.IntegrationTests.Proxies;

namespace DandelionMl.IntegrationTests.Kills;

/// <summary>A step at which a process is killed: a request to one of the servers, right before it gets there or right after it was carried
/// out.</summary>
/// <param name="Name">What the process was about to do, or had just done.</param>
internal abstract record KillPoint(string Name)
{
    public override string ToString() => Name;
}

/// <summary>A step in the database.</summary>
/// <param name="Name">See <see cref="KillPoint"/>.</param>
/// <param name="Passage">Whether the last text still gets to the server.</param>
/// <param name="Texts">The texts that the process sends until then, in order.</param>
internal sealed record DatabaseKill(string Name, Passage Passage, params string[] Texts) : KillPoint(Name);

/// <summary>A step in the object store.</summary>
/// <param name="Name">See <see cref="KillPoint"/>.</param>
/// <param name="Fault">Whether the server sees the request.</param>
/// <param name="Prefix">What the object's key begins with.</param>
/// <param name="Occurrence">Which of the objects, counted from 1.</param>
internal sealed record StoreKill(string Name, Fault Fault, string Prefix, int Occurrence) : KillPoint(Name);
