using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Storage;

/// <summary>A store or a registry that work which was cut off leaves something in that nobody ever sees: half an object, a number taken and
/// never used. What implements it beside <see cref="IImageStore"/> or <see cref="Registry.IModelRegistry"/> is cleaned by
/// the <see cref="Reconciliation.Reconciler"/>.</summary>
internal interface ILeftovers
{
    /// <summary>Finds work that was started before a moment and never finished.</summary>
    /// <param name="before">The moment; newer work may still be running.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    IAsyncEnumerable<Leftover> FindLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>Removes a leftover; no error if it is already gone.</summary>
    /// <param name="leftover">What <see cref="FindLeftoversAsync"/> gave.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default);
}

/// <summary>Work that was started and never finished.</summary>
/// <param name="Kind">What it is, in words, such as <c>unfinished upload</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Since">When it was begun, UTC.</param>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed record Leftover(string Kind, string Name, DateTimeOffset Since);
