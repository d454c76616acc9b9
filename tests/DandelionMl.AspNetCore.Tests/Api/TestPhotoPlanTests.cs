using System.Net;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class TestPhotoPlanTests(TrainedHost trained) : IClassFixture<TrainedHost>
{
    private const string Route = "api/v1/models/plan";

    [Fact]
    public async Task Plan_says_how_many_test_photos_a_gain_takes()
    {
        var small = await trained.GetAsync($"{Route}?gain=1");
        var large = await trained.GetAsync($"{Route}?gain=20&power=0.5");

        Assert.Equal((1, 0.8), (small.GetProperty("gain").GetDouble(), small.GetProperty("power").GetDouble()));
        Assert.Equal("Gain", large.GetProperty("differingBy").GetString(), ignoreCase: true);
        Assert.True(small.GetProperty("needed").GetInt32() > large.GetProperty("needed").GetInt32());
        Assert.Equal(
            Math.Max(0, small.GetProperty("needed").GetInt32() - small.GetProperty("present").GetInt32()), small.GetProperty("missing").GetInt32());
        Assert.True(small.GetProperty("toLabel").GetInt32() >= small.GetProperty("missing").GetInt32());
    }

    [Theory]
    [InlineData("gain=0")]
    [InlineData("gain=NaN")]
    [InlineData("gain=x")]
    [InlineData("gain=2&power=1")]
    public async Task Plan_of_numbers_out_of_range_is_a_problem(string query)
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await host.CreateClient().StatusAsync("GET", $"{Route}?{query}", ("X-Api-Key", host.Key)));
    }

    [Fact]
    public async Task Plan_without_a_model_says_that_there_is_none()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.CreateClient().StatusAsync("GET", Route, ("X-Api-Key", host.Key)));
    }
}
