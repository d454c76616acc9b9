using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>The number of photos with one label and one state.</summary>
/// <param name="Label">The label.</param>
/// <param name="State">The state.</param>
/// <param name="Photos">Their number.</param>
[Experimental(DandelionMlExperiments.Curation)]
public sealed record PhotoCount(string Label, ImageState State, long Photos);

/// <summary>The number of photos with one label that were added on one day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Label">The label that they have now.</param>
/// <param name="Photos">Their number, duplicates left out.</param>
[Experimental(DandelionMlExperiments.Curation)]
public sealed record PhotoIntake(DateOnly Day, string Label, long Photos);
