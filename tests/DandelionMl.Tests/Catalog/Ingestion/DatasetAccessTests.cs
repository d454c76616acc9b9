using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class DatasetAccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("greenr", true)]
    [InlineData("own", true)]
    [InlineData("{root}", true)]
    [InlineData("{root}/photos", true)]
    [InlineData("{root}/not there", true)]
    [InlineData("{root}/../other", false)]
    [InlineData("{root}other", false)]
    [InlineData("{root}/link", false)]
    [InlineData("/etc", false)]
    [InlineData("etc", false)]
    [InlineData("nothing", false)]
    [InlineData("a\0b", false)]
    public void Only_names_and_allowed_folders_may_be_asked_for(string dataset, bool isAllowed)
    {
        var options = new IngestionOptions();
        options.AllowedRoots.Add(_folder.Sub("root", "x")[..^2]);
        Directory.CreateSymbolicLink(_folder.Sub("root", "link"), "/etc");
        var asked = dataset.Replace("{root}", Path.Combine(_folder.Path, "root"), StringComparison.Ordinal);

        var thrown = Record.Exception(() => DatasetAccess.Check(asked, [new Own()], options));

        Assert.Equal(isAllowed, thrown is null);
        if (thrown is not null)
        {
            Assert.IsType<DatasetNotAllowedException>(thrown);
            Assert.Contains("AllowedRoots", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("own, greenr", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    public void Private_addresses_are_reached_from_this_machine_alone_unless_set(bool? setting, bool isRemote, bool isPublicOnly) =>
        Assert.Equal(isPublicOnly, new IngestionOptions { AllowPrivateAddresses = setting }.RulesFor(isRemote).IsPublicOnly);

    private sealed class Own : IDataset
    {
        public string Name => "own";

        public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default) =>
            AsyncEnumerable.Empty<ManifestEntry>();
    }
}
