using System.Security.Claims;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Who asks: a person who is signed in, or a program with a key. An endpoint of <see cref="RouteGroups.MapAdminApi"/> has it by
/// a parameter of this type.</summary>
/// <param name="Name">The name of the person or of the key.</param>
/// <param name="Kind">Which of the two.</param>
internal sealed record Actor(string Name, ActorKind Kind)
{
    private const string KindClaim = "dandelion:kind";

    /// <summary>The name for the record of who did what: a person's own, a key's as <c>key:name</c>. No person's name has a colon.</summary>
    public string AuditName => Kind == ActorKind.Person ? Name : $"key:{Name}";

    /// <summary>Who asks; null if that is not known.</summary>
    public static Actor? Find(ClaimsPrincipal principal) =>
        principal.Identity is { IsAuthenticated: true, Name: { } name } && Enum.TryParse<ActorKind>(principal.FindFirstValue(KindClaim), out var kind)
            ? new Actor(name, kind)
            : null;

    /// <param name="scheme">How it was found out.</param>
    /// <param name="id">What antiforgery tokens are bound to: they are of no use to any other.</param>
    /// <param name="more">Further claims.</param>
    public ClaimsPrincipal ToPrincipal(string scheme, string id, params IEnumerable<Claim> more) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, Name), new Claim(ClaimTypes.NameIdentifier, id), new Claim(KindClaim, Kind.ToString()), .. more], scheme));
}

/// <summary>Who can ask.</summary>
internal enum ActorKind
{
    /// <summary>A person who is signed in.</summary>
    Person,

    /// <summary>A program with a key.</summary>
    Key,
}
