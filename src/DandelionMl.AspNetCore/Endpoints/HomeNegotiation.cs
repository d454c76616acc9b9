using Microsoft.AspNetCore.Routing.Matching;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Of the endpoint that says at the mount's own address what is served.</summary>
internal sealed record HomeData;

/// <summary>Of the first page, at the mount's own address.</summary>
internal sealed record HomePageRoute;

/// <summary>Chooses at the mount's own address: the page for people, the data for programs. It looks at no other endpoint.</summary>
internal sealed class HomeNegotiation : MatcherPolicy, IEndpointSelectorPolicy
{
    // After methods and hosts.
    public override int Order => 1_000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<HomePageRoute>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var (page, data) = (-1, -1);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i))
            {
                page = candidates[i].Endpoint.Metadata.GetMetadata<HomePageRoute>() is null ? page : i;
                data = candidates[i].Endpoint.Metadata.GetMetadata<HomeData>() is null ? data : i;
            }
        }

        if (page >= 0 && data >= 0)
        {
            candidates.SetValidity(httpContext.Request.AcceptsPage() ? data : page, value: false);
        }

        return Task.CompletedTask;
    }
}
