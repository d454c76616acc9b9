using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>The labels in doubt, as a page takes them: what a page is given has to be public.</summary>
public sealed class DoubtedLabels
{
    internal DoubtedLabels(LabelCheckReport report) => Report = report;

    internal LabelCheckReport Report { get; }
}
