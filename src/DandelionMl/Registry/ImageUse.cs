namespace DandelionMl.Registry;

/// <summary>A version that saw an image.</summary>
/// <param name="Version">The version.</param>
/// <param name="State">The version's state.</param>
/// <param name="Label">The image's label at the time.</param>
/// <param name="Split">Whether it was trained or tested on.</param>
public sealed record ImageUse(int Version, ModelState State, string Label, DataSplit Split);
