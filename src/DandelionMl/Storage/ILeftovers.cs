using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Storage;

/// <summary>A store or a registry that work which was cut off leaves something in that nobody ever sees: half an object, a number taken and
/// never used. What implements it beside <see cref="IImageStore"/> or <see cref="Registry.IModelRegistry"/> is cleaned by
/// the <see cref="Reconciliation.Reconciler"/>.</summary>
internal interface ILeftovers
{
    /// <summary>Finds what was begun before some moment and never ended.</summary>
    /// <param name="before">The moment; what is younger may still be at work.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    IAsyncEnumerable<Leftover> FindLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>Removes what was found. That it is gone already is no error.</summary>
    /// <param name="leftover">What <see cref="FindLeftoversAsync"/> gave.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default);
}

/// <summary>Something that was begun and never ended.</summary>
/// <param name="Kind">What it is, in words, such as <c>unfinished upload</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Since">When it was begun, UTC.</param>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed record Leftover(string Kind, string Name, DateTimeOffset Since);
