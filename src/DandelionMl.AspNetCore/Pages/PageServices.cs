using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Gives forms the session's antiforgery token.</summary>
internal sealed class PageAntiforgery(IHttpContextAccessor accessor, Security.CookieAntiforgery antiforgery) : AntiforgeryStateProvider
{
    public override AntiforgeryRequestToken? GetAntiforgeryToken() =>
        antiforgery.CreateToken(accessor.HttpContext!) is { RequestToken: { } token } set
            ? new AntiforgeryRequestToken(token, set.FormFieldName)
            : null;
}

/// <summary>Components of the framework ask for it; pages that are rendered once never call it.</summary>
internal sealed class NoScripts : IJSRuntime
{
    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw new NotSupportedException();

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) =>
        throw new NotSupportedException();
}
