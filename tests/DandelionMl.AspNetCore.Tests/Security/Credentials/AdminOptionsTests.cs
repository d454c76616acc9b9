using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Tests.Security.Credentials;

public sealed class AdminOptionsTests
{
    [Theory]
    [InlineData("Admin:Passwords:anna", "secret-in-plain-text", "DandelionMl:Admin:Passwords:anna")]
    [InlineData("Admin:ApiKeys:ci", "secret-in-plain-text", "DandelionMl:Admin:ApiKeys:ci")]
    [InlineData("Admin:ApiKeys:a name", "", "a name needs 1 to 50")]
    [InlineData("Admin:SessionLifetime", "00:00:00", "DandelionMl:Admin:SessionLifetime is 00:00:00")]
    [InlineData("Admin:LongestSession", "07:59:00", "DandelionMl:Admin:LongestSession is 07:59:00: it must not be below SessionLifetime")]
    [InlineData("Security:Proxies:0", "everyone", "DandelionMl:Security:Proxies names 'everyone'")]
    [InlineData("Security:PredictionBurst", "0", "DandelionMl:Security:PredictionBurst is 0")]
    public async Task Start_with_a_malformed_setting_fails_by_its_key_without_the_secret(string key, string value, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => HostApplication.StartAsync(settings: new() { [key] = value }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-in-plain-text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddAdminFile_where_no_folder_can_be_made_goes_without()
    {
        var builder = new ConfigurationBuilder();

        builder.AddAdminFile("/dev/null/data", () => false);

        Assert.Empty(builder.Sources);
    }

    [Fact]
    public async Task Start_with_a_damaged_file_fails_by_its_path()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(Path.Combine(folder["data"], "admin.json"), "{", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InvalidAdminFileException>(() => HostApplication.StartAsync(folder["data"], withAdmin: false));

        Assert.Contains("admin.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_of_the_operator_stands_above_the_file_and_an_empty_one_takes_it_back()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Admin:ApiKeys:ROBOT"] = "" });

        Assert.Equal(
            System.Net.HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", "api/v1/models", ("X-Api-Key", host.Key)));
    }
}
