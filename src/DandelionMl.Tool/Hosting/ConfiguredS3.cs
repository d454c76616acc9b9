using DandelionMl.Hosting;
using DandelionMl.S3;

namespace DandelionMl.Tool.Hosting;

/// <summary>S3 by configuration alone: a bucket, an endpoint or a key turns it on, so that what is missing is told rather than photos kept in
/// the local folder.</summary>
internal static class ConfiguredS3
{
    public const string SectionName = $"{DandelionMlOptions.SectionName}:S3";

    private static readonly string[] Deciding =
        [nameof(S3Options.Bucket), nameof(S3Options.Endpoint), nameof(S3Options.AccessKey), nameof(S3Options.SecretKey)];

    /// <summary>Settings that turn it off, whatever else is configured.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Off =>
        Deciding.Select(name => KeyValuePair.Create($"{SectionName}:{name}", (string?)""));

    public static DandelionMlBuilder AddConfiguredS3(this DandelionMlBuilder builder, IConfiguration configuration)
    {
        var section = configuration.GetSection(SectionName);
        if (Deciding.Any(name => !string.IsNullOrEmpty(section[name])))
        {
            builder.UseS3(section);
        }

        return builder;
    }
}
