using System.Text;
using System.Text.Json;
using DandelionMl.AspNetCore.Security.Credentials;

namespace DandelionMl.AspNetCore.Api;

/// <summary>A person's name and password.</summary>
/// <param name="Password">The password.</param>
/// <param name="Name">The name; <c>admin</c> by default.</param>
internal sealed record SignInRequest(string? Password, string? Name = null)
{
    public const int MaxBytes = 4 * 1024;

    /// <summary>Not what a record gives by itself, which would repeat the password.</summary>
    public override string ToString() => nameof(SignInRequest);

    /// <summary>Reads JSON, or a form as a page's form sends it.</summary>
    /// <exception cref="BadHttpRequestException">It is neither, or damaged, or has no password. The message repeats nothing of it.</exception>
    public static async Task<(string Name, string Password)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var sent = await ReadAnyAsync(request, cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(sent?.Password) || sent.Password.EnumerateRunes().Count() > AdminPassword.MaxLength)
        {
            throw new BadHttpRequestException($"Send a 'password' of at most {AdminPassword.MaxLength} characters.");
        }

        return (string.IsNullOrEmpty(sent.Name) ? AdminName.Default : sent.Name, sent.Password);
    }

    private static async Task<SignInRequest?> ReadAnyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.HasJsonContentType())
            {
                return await request.ReadFromJsonAsync<SignInRequest>(cancellationToken).ConfigureAwait(false);
            }

            if (request.HasFormContentType)
            {
                var form = await request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
                return new SignInRequest(form["password"], form["name"]);
            }
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidDataException or DecoderFallbackException or InvalidOperationException) // Of a charset that is none.
        {
            throw new BadHttpRequestException("The name and the password can't be read: the request body is malformed.", exception);
        }

        throw new BadHttpRequestException("Send the name and the password as JSON or as a form.", StatusCodes.Status415UnsupportedMediaType);
    }
}
