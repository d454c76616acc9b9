namespace DandelionMl.Catalog.Ingestion;

/// <summary>Collects what an ingestion did.</summary>
internal sealed class IngestionOutcome
{
    private readonly DatasetRegistration _registration;
    private readonly int _total;
    private readonly IProgress<ItemProgress>? _progress;
    private readonly List<DuplicateImage> _duplicates = [];
    private readonly List<LabelConflict> _conflicts;
    private readonly List<IngestionFailure> _failures;
    private int _new;
    private int _completed;

    public IngestionOutcome(DatasetRegistration registration, int total, IProgress<ItemProgress>? progress)
    {
        _registration = registration;
        _total = total;
        _progress = progress;
        _conflicts = [.. registration.Conflicts];
        _failures = [.. registration.Failures];
    }

    public void AddNew()
    {
        _new++;
        ReportProgress();
    }

    public void AddDuplicate(CatalogImage image, CatalogImage original)
    {
        _duplicates.Add(new DuplicateImage(ImageSource.Display(image.UrlSource), ImageSource.Display(original.UrlSource)));
        ReportProgress();
    }

    public void AddConflicts(IEnumerable<LabelConflict> conflicts) => _conflicts.AddRange(conflicts);

    public void AddFailure(CatalogImage image, string reason)
    {
        _failures.Add(new IngestionFailure(ImageSource.Display(image.UrlSource), reason));
        ReportProgress();
    }

    public IngestionReport ToReport()
    {
        // Other processes may have stored some before this one came to them.
        var stored = Math.Max(0, _total - _completed);
        return new(_new, _registration.AlreadyKnown + stored, _duplicates, _conflicts, _failures)
        {
            Remarks = _registration.Remarks,
        };
    }

    private void ReportProgress()
    {
        _completed++;
        _progress?.Report(new ItemProgress(_completed, _total));
    }
}
