using DandelionMl.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>The PostgreSQL connection and its retries; configuration section <c>DandelionMl:Postgres</c>.</summary>
public sealed class PostgresOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = $"{DandelionMlOptions.SectionName}:Postgres";

    /// <summary>Npgsql's connection string, such as <c>Host=db;Database=dandelion;Username=dandelion</c>. Required. A password may be
    /// part of it, or come by the environment variables <c>PGPASSWORD</c> or <c>PGPASSFILE</c>; it is never printed. The size of the
    /// pool and all time-outs are settings of the connection string, too.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>How often a connection, a read or a transaction that failed for a passing reason, such as a restart of the server, is
    /// tried again: 7 times by default, 0 to 100. With the default <see cref="RetryDelay"/> that bridges about 11 seconds.</summary>
    public int MaxRetryAttempts { get; set; } = 7;

    /// <summary>The delay before the first retry: 100 milliseconds by default, 0 to 5 seconds. It doubles with each retry, up to 5
    /// seconds, with a random part, so that replicas do not all retry at the same moment.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    internal static TimeSpan MaxRetryDelay { get; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks the options at start. The connection string may hold a secret, so neither it nor what its parser says about it (which
/// may quote a piece of it) is repeated.</summary>
internal sealed class PostgresOptionsValidator : IValidateOptions<PostgresOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresOptions options)
    {
        var failures = new List<string>();
        if (CheckConnectionString(options.ConnectionString) is { } problem)
        {
            failures.Add($"{Key(nameof(options.ConnectionString))} {problem}");
        }

        if (options.MaxRetryAttempts is < 0 or > 100)
        {
            failures.Add($"{Key(nameof(options.MaxRetryAttempts))} is {options.MaxRetryAttempts}; 0 to 100 is accepted.");
        }

        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > PostgresOptions.MaxRetryDelay)
        {
            failures.Add($"{Key(nameof(options.RetryDelay))} is {options.RetryDelay}; 00:00:00 to {PostgresOptions.MaxRetryDelay} is accepted.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? CheckConnectionString(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return "is missing. Set one such as 'Host=db;Database=dandelion;Username=dandelion'.";
        }

        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connectionString).Host) ? "has no Host. Set one, such as Host=db." : null;
        }
        catch (Exception exception) when (exception
            is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            return "is not a valid Npgsql connection string: use 'Key=value' pairs, separated by semicolons; quote a value that contains a " +
                "semicolon, a quote or an equals sign. (Its text is not shown, since it may contain a password.)";
        }
    }

    private static string Key(string property) => $"{PostgresOptions.SectionName}:{property}";
}
