using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace DandelionMl.AspNetCore.Tests;

public sealed class LazyRoutesTests
{
    /// <summary>The framework makes the code of all routes before it answers the first request.</summary>
    [Fact]
    public async Task Code_of_a_route_is_made_once_when_it_is_first_asked()
    {
        var made = 0;
        await using var application = WebApplication.CreateSlimBuilder().Build();
        LazyRoutes.MapGet(application, "/square", (int number) => number * number).AddEndpointFilterFactory((_, next) =>
        {
            made++;
            return next;
        });
        var route = Assert.Single(((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints));

        Assert.Equal(0, made);
        Assert.Equal(("16", "25"), (await AskAsync(route, application.Services, "?number=4"), await AskAsync(route, application.Services, "?number=5")));
        Assert.Equal(1, made);
    }

    /// <summary>What matching and the description go by is known from the start.</summary>
    [Fact]
    public async Task Metadata_of_a_route_are_there_before_it_is_asked()
    {
        await using var application = WebApplication.CreateSlimBuilder().Build();
        LazyRoutes.MapPost(application, "/names", (string[] names) => TypedResults.Ok(names));
        var route = Assert.Single(((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints));

        Assert.Equal(["POST"], route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods);
        Assert.Equal(["application/json"], route.Metadata.GetRequiredMetadata<IAcceptsMetadata>().ContentTypes);
        Assert.Equal(200, route.Metadata.GetRequiredMetadata<IProducesResponseTypeMetadata>().StatusCode);
    }

    private static async Task<string> AskAsync(Endpoint route, IServiceProvider services, string query)
    {
        using var body = new MemoryStream();
        await route.RequestDelegate!(new DefaultHttpContext { RequestServices = services, Request = { QueryString = new(query) }, Response = { Body = body } });
        return Encoding.UTF8.GetString(body.ToArray());
    }
}
