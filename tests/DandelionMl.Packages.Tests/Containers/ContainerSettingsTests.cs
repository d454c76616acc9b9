using System.Text.Json;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>What the command's container image says.</summary>
public sealed class ContainerSettingsTests
{
    [Fact]
    public async Task Image_says_its_name_its_port_and_where_its_data_lies()
    {
        var output = await Command.DotnetAsync(
            Checkout.Root, new Dictionary<string, string?>(), "msbuild", "src/DandelionMl.Tool/DandelionMl.Tool.csproj",
            "-getProperty:ContainerRepository", "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable");
        var image = JsonDocument.Parse(output).RootElement;
        var items = image.GetProperty("Items");

        Assert.Equal("dandelion", image.GetProperty("Properties").GetProperty("ContainerRepository").GetString());
        Assert.Equal("8080", items.GetProperty("ContainerPort")[0].GetProperty("Identity").GetString());
        var data = items.GetProperty("ContainerEnvironmentVariable")[0];
        Assert.Equal("DandelionMl__DataDirectory", data.GetProperty("Identity").GetString());
        Assert.Equal("/data", data.GetProperty("Value").GetString());
    }
}
