using DandelionMl.Tool.Commands;
using Microsoft.Extensions.Configuration;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class ServeCommandTests
{
    [Theory]
    [InlineData(null, null, null, "http://localhost:8000")]
    [InlineData(null, null, "8080", "http://*:8080")]
    [InlineData(null, null, "8080;8081", "http://*:8080", "http://*:8081")]
    [InlineData(null, null, "", "http://localhost:8000")]
    [InlineData(null, "http://0.0.0.0:5000", "8080", "http://0.0.0.0:5000")]
    [InlineData("http://localhost:1; http://localhost:2", "http://0.0.0.0:5000", "8080", "http://localhost:1", "http://localhost:2")]
    public void Addresses_are_the_command_lines_else_the_configured_urls_else_the_ports(
        string? urls, string? configuredUrls, string? httpPorts, params string[] expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["urls"] = configuredUrls, ["http_ports"] = httpPorts }).Build();

        Assert.Equal(expected, ServeCommand.Addresses(urls, configuration));
    }
}
