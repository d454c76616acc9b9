namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Reads forms that people send.</summary>
internal static class Forms
{
    /// <summary>Reads the form of a request.</summary>
    /// <exception cref="BadHttpRequestException">The body is no form: 415.</exception>
    /// <exception cref="InvalidDataException">The form can't be read: 400.</exception>
    public static Task<IFormCollection> ReadFormOfPageAsync(this HttpRequest request, CancellationToken cancellationToken) =>
        request.HasFormContentType
            ? request.ReadFormAsync(cancellationToken)
            : throw new BadHttpRequestException("Send a form, as the page does.", StatusCodes.Status415UnsupportedMediaType);
}
