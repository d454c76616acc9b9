using DandelionMl.Data;
using DandelionMl.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class UsePostgresTests
{
    private const string Secret = "hunter2;quoted=";

    [Theory]
    [InlineData("", "DandelionMl:Postgres:ConnectionString is missing")]
    [InlineData("Database=plants", "DandelionMl:Postgres:ConnectionString has no Host")]
    [InlineData("Host=db;Password=" + Secret, "DandelionMl:Postgres:ConnectionString is not a valid Npgsql connection string")]
    [InlineData("Host=db;Port=many", "DandelionMl:Postgres:ConnectionString is not a valid Npgsql connection string")]
    public void Options_bad_connection_string_is_named_and_not_shown(string connectionString, string message)
    {
        using var provider = Build(builder => builder.UsePostgres(connectionString));

        var thrown = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<Database>());
        Assert.StartsWith(message, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("quoted", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_names_keys_and_values()
    {
        using var provider = Build(builder => builder.UsePostgres(Section(
            ("ConnectionString", "Host=db"), ("MaxRetryAttempts", "-1"), ("RetryDelay", "00:01:00"))));

        var thrown = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<Database>());
        Assert.Equal(
            [
                "DandelionMl:Postgres:MaxRetryAttempts is -1; 0 to 100 is accepted.",
                "DandelionMl:Postgres:RetryDelay is 00:01:00; 00:00:00 to 00:00:05 is accepted.",
            ],
            thrown.Failures);
    }

    [Fact]
    public async Task Check_server_that_is_not_there_is_unavailable()
    {
        await using var provider = Build(builder => builder.UsePostgres(options =>
            (options.ConnectionString, options.MaxRetryAttempts) = ($"Host=127.0.0.1;Port=1;Password='{Secret}'", 0)));

        var thrown = await Assert.ThrowsAsync<DatabaseException>(
            () => provider.GetRequiredService<DatabaseCheck>().CheckAsync(TestContext.Current.CancellationToken));
        Assert.Equal(DatabaseFailure.Unavailable, thrown.Failure);
        Assert.DoesNotContain("hunter2", thrown.ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Action<DandelionMlBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddDandelionMl());
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => $"{PostgresOptions.SectionName}:{setting.Key}", setting => (string?)setting.Value))
        .Build()
        .GetSection(PostgresOptions.SectionName);
}
