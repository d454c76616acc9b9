namespace DandelionMl.AspNetCore.Api;

/// <summary>Routes that take one photo.</summary>
internal static class OnePhoto
{
    private const string Field = "file";

    /// <summary>Refuses a form with several files in the field <c>file</c>: all but the first would be dropped without a word.</summary>
    /// <param name="route">A route whose photo is in the field <c>file</c>.</param>
    public static RouteHandlerBuilder TakesOnePhoto(this RouteHandlerBuilder route) => route.AddEndpointFilter(static (context, next) =>
        context.HttpContext.Request is { HasFormContentType: true } request && request.Form.Files.GetFiles(Field).Count is > 1 and var count
            ? throw new BadHttpRequestException($"The form has {count} files in the field '{Field}': send one photo in a request.")
            : next(context));
}
