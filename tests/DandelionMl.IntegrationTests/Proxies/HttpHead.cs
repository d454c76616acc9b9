using System.Globalization;
using System.Text;

namespace DandelionMl.IntegrationTests.Proxies;

/// <summary>Request line and headers of an HTTP/1.1 request.</summary>
internal sealed class HttpHead(string[] lines)
{
    public string Method => lines[0].Split(' ')[0];

    public string Target => lines[0].Split(' ')[1];

    public int ContentLength => int.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);

    public bool ExpectsContinue => Header("Expect") is not null;

    /// <summary>The head as it goes on, for a connection that is closed after the response.</summary>
    public string ForOneRequest()
    {
        var headers = lines.Skip(1).Where(line => !Is(line, "Expect") && !Is(line, "Connection"));
        return string.Join("\r\n", headers.Prepend(RequestLine)) + "\r\nConnection: close\r\n\r\n";
    }

    /// <returns>The head, or null if the client closes the connection before there is one.</returns>
    public static async Task<HttpHead?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!EndsWith(text, "\r\n\r\n"))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        return new HttpHead(text.ToString().TrimEnd().Split("\r\n"));
    }

    // A client that takes this for its proxy names the server too, which wants the path alone, as it was escaped.
    private string RequestLine => Uri.TryCreate(Target, UriKind.Absolute, out var target) && target.Scheme == Uri.UriSchemeHttp
        ? lines[0].Replace($"http://{target.Authority}", "", StringComparison.Ordinal)
        : lines[0];

    private static bool EndsWith(StringBuilder text, string end) =>
        text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end;

    private static bool Is(string line, string name) => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase);

    private string? Header(string name) =>
        lines.FirstOrDefault(line => Is(line, name)) is { } line ? line[(name.Length + 1)..].Trim() : null;
}
