using DandelionMl.Classification;
using DandelionMl.Imaging;

var builder = WebApplication.CreateBuilder(args);

// The library, set up by the section DandelionMl of appsettings.json; it serves the champion and trains a better one when there is reason to.
builder.AddDandelionMl().AddLearningLoop();

// Its HTTP API and its web pages. They bring all that they need: nothing of the application's own is changed.
builder.Services.AddDandelionMlWeb();

// The application's own, as ever.
builder.Services.AddOpenApi();

var app = builder.Build();
app.MapOpenApi();

// Pages at /plants, the API at /plants/api/v1, its description at /plants/scalar.
app.MapDandelionMl("/plants");

// A route of the application's own that asks the model.
app.MapPost("/what-is-it", async (IFormFile photo, IImageClassifier classifier, CancellationToken cancellationToken) =>
{
    try
    {
        await using var content = photo.OpenReadStream();
        var prediction = await classifier.ClassifyAsync(content, cancellationToken);
        return Results.Ok(new { prediction.Label, prediction.Probability });
    }
    catch (ImageDecodingException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
    }
    catch (NoModelException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}).DisableAntiforgery();

app.MapGet("/", () => Results.Redirect("/plants/"));
app.Run();
