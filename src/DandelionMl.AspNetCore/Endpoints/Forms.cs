namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Reads forms that people send.</summary>
internal static class Forms
{
    /// <summary>Reads the form of a request.</summary>
    /// <exception cref="BadHttpRequestException">The body is no form: 415.</exception>
    /// <exception cref="BadHttpRequestException">The form is damaged or cut off: 400.</exception>
    public static async Task<IFormCollection> ReadFormOfPageAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            throw new BadHttpRequestException("Send a form, as the page does.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is InvalidDataException or IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The form is damaged or cut off.", exception);
        }
    }
}
