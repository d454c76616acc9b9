using System.ComponentModel.DataAnnotations;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>What the web pages show (configuration section <c>DandelionMl:Pages</c>), read at start.</summary>
public sealed class PageOptions
{
    /// <summary>Whether anyone may see photos of the training set, small and written anew, beside a photo of their own that they look
    /// like; true by default. Turn it off where the training set is not for everybody's eyes.</summary>
    public bool ShowTrainingPhotos { get; set; } = true;

    /// <summary>By how much the first class must be more probable than the second to be called sure, 0 to 1; 0.3 by default.</summary>
    [Range(0, 1)]
    public float SureMargin { get; set; } = 0.3f;
}
