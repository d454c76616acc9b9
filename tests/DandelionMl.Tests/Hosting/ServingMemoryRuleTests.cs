using DandelionMl.Classification;
using DandelionMl.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Hosting;

public sealed class ServingMemoryRuleTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Validate_default_settings_fit_into_a_small_container()
    {
        Assert.True(new ServingMemoryRule(128 * Megabyte).Validate(null, new DandelionMlOptions()).Succeeded);
    }

    [Theory]
    [InlineData(1_000, 16, true)]
    [InlineData(16, 1_000, true)]
    [InlineData(5_000, 16, false)]
    [InlineData(4_000, 1_000, false)]
    public void Validate_photos_of_more_than_half_the_memory_are_refused(int concurrency, int batch, bool fits)
    {
        var options = new DandelionMlOptions { Classifier = new ClassifierOptions { MaxConcurrency = concurrency, MaxBatchSize = batch } };

        Assert.Equal(fits, new ServingMemoryRule(4_096 * Megabyte).Validate(null, options).Succeeded);
    }

    [Fact]
    public void Validate_refusal_names_settings_and_both_sizes()
    {
        var options = new DandelionMlOptions { Classifier = new ClassifierOptions { MaxConcurrency = 1_000, MaxBatchSize = 24 } };

        var failure = new ServingMemoryRule(512 * Megabyte).Validate(null, options).FailureMessage;

        Assert.Equal(
            "DandelionMl:Classifier: MaxConcurrency is 1000 and MaxBatchSize is 24. So many photos take 588 MB when they are prepared for the backbone, "
            + "more than half of the 512 MB that this process may use: lower them, or give it more memory.",
            failure);
    }

    [Fact]
    public void AddDandelionMl_checks_it_at_start()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl();

        using var provider = services.BuildServiceProvider();

        Assert.Contains(provider.GetServices<IValidateOptions<DandelionMlOptions>>(), rule => rule is ServingMemoryRule);
    }
}
