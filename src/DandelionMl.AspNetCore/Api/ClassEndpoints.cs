using System.ComponentModel;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/classes</c>: the classes as a whole.</summary>
internal static class ClassEndpoints
{
    public static void MapClasses(this IEndpointRouteBuilder routes) => routes.MapAdminApi().MapGroup("/classes").WithTags("Images")
        .MapPost("/rename", RenameAsync)
        .LimitTime(null)
        .WithName("RenameClass")
        .WithSummary("Give all photos of a class another label, from the next training on; a class of that name takes them if merge is true")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<RenamedClass>, ProblemHttpResult>> RenameAsync(
        RenameClassRequest request, ClassRenaming renaming, KnownLabels labels, Actor actor, CancellationToken cancellationToken)
    {
        var (from, to, reason) = (request.From ?? "", request.To ?? "", CurationReason.Check(request.Reason));
        if (await labels.FindUnknownAsync(from, cancellationToken).ConfigureAwait(false) is { } unknown)
        {
            return TypedResults.Problem($"There is no class '{unknown.Label}'.", statusCode: StatusCodes.Status400BadRequest, title: "Unknown class");
        }

        var unmade = await labels.FindUnknownAsync(to, cancellationToken).ConfigureAwait(false);
        if (unmade?.IsTwinOfOtherThan(from) == true && !request.NewClass)
        {
            return RefusalText.Refuse(unmade);
        }

        return unmade is null && !request.Merge
            ? TypedResults.Problem(
                $"There is a class '{to}' already. Set merge to true to add the photos of '{from}' to it.", statusCode: StatusCodes.Status409Conflict)
            : TypedResults.Ok(new RenamedClass(await renaming.RenameAsync(from, to, actor.AuditName, reason, cancellationToken).ConfigureAwait(false)));
    }
}

/// <summary>Another name for a class.</summary>
/// <param name="From">The class.</param>
/// <param name="To">Its name from now on, 1 to 50 characters.</param>
/// <param name="Merge">Whether there may be a class of that name, which takes its photos.</param>
/// <param name="NewClass">Whether the name may differ from another class's in case, accents or spaces alone.</param>
/// <param name="Reason">The reason, kept in each photo's history.</param>
internal sealed record RenameClassRequest(
    [property: Description("The class.")] string From,
    [property: Description("Its name from now on.")] string To,
    [property: Description("Whether a class of that name takes its photos; false by default, and it is refused.")] bool Merge = false,
    [property: Description("Whether its name may differ from another class's in case, accents or spaces alone; false by default, and it is refused.")] bool NewClass = false,
    string? Reason = null);

/// <summary>What came of it.</summary>
/// <param name="Photos">How many photos were relabelled.</param>
internal sealed record RenamedClass(int Photos);
