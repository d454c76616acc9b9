using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DandelionMl.Mlflow.Client;

/// <summary>Sends requests to one MLflow server as it understands them, waits no longer than the time-out, and reads no more than a bounded
/// answer. Tries nothing again. Thread-safe.</summary>
internal sealed class MlflowTransport : IDisposable
{
    /// <summary>A larger file goes out once the server has said that it takes it, in bytes.</summary>
    private const int LargeFile = 1024 * 1024;

    private readonly HttpClient _http;
    private readonly MlflowErrors _errors;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public MlflowTransport(MlflowOptions options, HttpMessageHandler handler, TimeProvider time)
    {
        (_timeout, _time) = (options.Timeout, time);
        _http = MlflowHttp.Create(options, handler);
        _errors = new MlflowErrors(options, options.TrackingUri!);
    }

    public Uri Server => _http.BaseAddress!;

    /// <summary>What is done before each request; one that it raises an error for is not sent.</summary>
    public Func<CancellationToken, Task>? BeforeEach { get; set; }

    public Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken)
        where TAnswer : class => SendAsync(HttpMethod.Get, path, content: null, answer, cancellationToken);

    public async Task<TAnswer> SendAsync<TRequest, TAnswer>(
        HttpMethod method, string path, TRequest body, JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken)
        where TAnswer : class
    {
        // With a length: the server does not read a body in chunks.
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync(method, path, content, answer, cancellationToken).ConfigureAwait(false);
    }

    public async Task UploadAsync(string path, ReadOnlyMemory<byte> file, string type, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        await SendAsync<Nothing>(HttpMethod.Put, path, content, answer: null, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<TAnswer>? answer, CancellationToken cancellationToken)
        where TAnswer : class
    {
        if (BeforeEach is { } before)
        {
            await before(cancellationToken).ConfigureAwait(false);
        }

        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (content?.Headers.ContentLength > LargeFile)
        {
            request.Headers.ExpectContinue = true;
        }

        var call = $"{method} {path.Split('?')[0]}";
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var error = await BoundedBody.ReadErrorAsync(response.Content, either.Token).ConfigureAwait(false);
                throw _errors.Translate(call, response.StatusCode, response.Headers.Location, error);
            }

            return answer is null ? null! : await ReadAsync(call, response, answer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MlflowException(
                MlflowFailure.Unavailable, $"MLflow at {Server} did not answer {call} within {_timeout}.", exception) { IsOutcomeUnknown = true };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new MlflowException(
                MlflowFailure.Unavailable, $"MLflow at {Server} can't be reached: {exception.Message}", exception)
            {
                IsOutcomeUnknown = exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError },
            };
        }
    }

    private async Task<TAnswer> ReadAsync<TAnswer>(
        string call, HttpResponseMessage response, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var body = await BoundedBody.ReadAsync(response.Content, BoundedBody.Most, cancellationToken).ConfigureAwait(false) ?? throw Unlike(
            $"{call} with more than {BoundedBody.Most} bytes", null);
        try
        {
            return JsonSerializer.Deserialize(body, answer) ?? throw Unlike($"{call} with nothing", null);
        }
        catch (JsonException exception)
        {
            throw Unlike($"{call} with {response.Content.Headers.ContentType?.MediaType ?? "something"} that is not the JSON of MLflow", exception);
        }
    }

    private MlflowException Unlike(string answer, Exception? exception) => new(
        MlflowFailure.Unavailable, $"{Server} answered {answer}: is it an MLflow server?", exception) { IsOutcomeUnknown = true };
}
