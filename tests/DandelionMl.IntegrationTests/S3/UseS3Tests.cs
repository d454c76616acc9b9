using DandelionMl.Storage;
using DandelionMl.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.IntegrationTests.S3;

public sealed class UseS3Tests
{
    private const string Secret = "a-secret-of-tests";

    [Fact]
    public async Task UseS3_replaces_the_folder()
    {
        await using var provider = Builder()
            .UseS3(options => options.Endpoint = new Uri("http://127.0.0.1:9000")).Services.BuildServiceProvider();

        Assert.IsType<S3ImageStore>(provider.GetRequiredService<IImageStore>());
        Assert.Same(provider.GetRequiredService<IImageStore>(), provider.GetRequiredService<S3ImageStore>());
    }

    [Fact]
    public async Task UseS3_configuration_sets_every_setting()
    {
        await using var provider = Configured(
            ("Endpoint", "https://store.example:9000"), ("Region", "eu-west-3"), ("Bucket", "photos"), ("CreateBucket", "false"),
            ("ForcePathStyle", "false"), ("AccessKey", "access"), ("SecretKey", Secret), ("MultipartThreshold", "20000000"),
            ("PartSize", "10000000"));

        var options = provider.GetRequiredService<IOptions<S3Options>>().Value;

        Assert.Equal(("https://store.example:9000/", "eu-west-3", "photos"), (options.Endpoint?.AbsoluteUri, options.Region, options.Bucket));
        Assert.Equal((false, false, "access", Secret), (options.CreateBucket, options.ForcePathStyle, options.AccessKey, options.SecretKey));
        Assert.Equal((20_000_000, 10_000_000), (options.MultipartThreshold, options.PartSize));
    }

    [Fact]
    public async Task UseS3_nothing_configured_has_the_defaults()
    {
        await using var provider = Configured();

        var options = provider.GetRequiredService<IOptions<S3Options>>().Value;

        Assert.Equal(("image-dandelion-grass", true), (options.Bucket, options.CreateBucket));
        Assert.Null(options.Endpoint);
    }

    [Theory]
    [InlineData("Endpoint", "localhost:9000", "localhost:9000")]
    [InlineData("Endpoint", "ftp://store.example", "ftp://store.example")]
    [InlineData("Endpoint", "https://store.example?x=1", "https://store.example")]
    [InlineData("Endpoint", $"https://user:{Secret}@store.example", "store.example")]
    [InlineData("Endpoint", $"user:{Secret}@store.example", "store.example")]
    [InlineData("Bucket", "My_Photos", "My_Photos")]
    [InlineData("Bucket", "", "''")]
    [InlineData("PartSize", "1000", "1000")]
    [InlineData("PartSize", "many", "many")]
    [InlineData("Timeout", "00:00:00", "00:00:00")]
    [InlineData("MultipartThreshold", "6000000", "6000000")]
    [InlineData("MultipartThreshold", "2000000000", "2000000000")]
    [InlineData("SecretKey", "", "AccessKey")]
    [InlineData("AccessKey", "", "SecretKey")]
    public async Task UseS3_setting_that_cannot_be_is_refused_by_key_and_value(string key, string value, string shown)
    {
        await using var provider = Configured(("AccessKey", "access"), ("SecretKey", Secret), (key, value));

        var error = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IOptions<S3Options>>().Value);

        Assert.Contains($"DandelionMl:S3:{key}", error.Message, StringComparison.Ordinal);
        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseS3_setting_that_cannot_be_is_refused_at_start()
    {
        await using var provider = Configured(("Bucket", "My_Photos"));

        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
    }

    [Fact]
    public async Task UseS3_under_a_key_replaces_the_store_of_that_key_alone()
    {
        var services = new ServiceCollection();
        services.AddKeyedDandelionMl("plants", options => options.DataDirectory = "plants")
            .UseS3(options => (options.Endpoint, options.Bucket) = (new Uri("http://127.0.0.1:9"), "plants-bucket"));
        services.AddKeyedDandelionMl("dogs", options => options.DataDirectory = "dogs");
        await using var provider = services.BuildServiceProvider();

        Assert.IsType<S3ImageStore>(provider.GetRequiredKeyedService<IImageStore>("plants"));
        Assert.IsType<FolderImageStore>(provider.GetRequiredKeyedService<IImageStore>("dogs"));
    }

    private static DandelionMlBuilder Builder() => new ServiceCollection().AddDandelionMl();

    private static ServiceProvider Configured(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (key, value) in settings)
        {
            values[$"DandelionMl:S3:{key}"] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return Builder().UseS3(configuration.GetSection("DandelionMl:S3")).Services.BuildServiceProvider();
    }
}
