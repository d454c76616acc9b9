using System.ComponentModel.DataAnnotations;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>What the web pages show (configuration section <c>DandelionMl:Pages</c>), read at start.</summary>
public sealed class PageOptions
{
    /// <summary>Whether anyone may see training photos, small and re-encoded, beside their own photo if it looks like
    /// them; true by default. Turn it off if the training set is not public.</summary>
    public bool ShowTrainingPhotos { get; set; } = true;

    /// <summary>By how much the first class must be more probable than the second to be called sure, 0 to 1; 0.3 by default.</summary>
    [Range(0, 1)]
    public float SureMargin { get; set; } = 0.3f;
}
