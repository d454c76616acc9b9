using DandelionMl.Backbones;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Labels;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Shadowing;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Api;

/// <summary>What errors are as answers: those that are known with their message; all others are a 500 that tells nothing.</summary>
internal static class KnownErrors
{
    public static ProblemDetails? Describe(Exception exception) => Classify(exception) is var (status, title)
        ? new ProblemDetails { Status = status, Title = title, Detail = exception is BadHttpRequestException bad ? BindingErrors.Explain(bad) : exception.Message }
        : null;

    private static (int Status, string Title)? Classify(Exception exception) => exception switch
    {
        ImageDecodingException { Reason: ImageDecodingFailure.TooLarge } => (StatusCodes.Status413PayloadTooLarge, "The photo is too large"),
        ImageDecodingException { Reason: ImageDecodingFailure.UnsupportedFormat } => (StatusCodes.Status415UnsupportedMediaType, "This file is not a readable photo"),
        ImageDecodingException { Reason: ImageDecodingFailure.Empty } => (StatusCodes.Status400BadRequest, "The photo is empty"),
        ImageDecodingException => (StatusCodes.Status422UnprocessableEntity, "The photo is damaged"),
        TooManyPhotosException => (StatusCodes.Status429TooManyRequests, "Too many photos"),
        ClassifierBusyException => (StatusCodes.Status429TooManyRequests, "Busy"),
        BackboneUnavailableException => (StatusCodes.Status503ServiceUnavailable, "The backbone can't be loaded"),
        NoModelException => (StatusCodes.Status503ServiceUnavailable, "No model yet"),
        InvalidLabelException => (StatusCodes.Status400BadRequest, "Invalid label"),
        ModelNotFoundException or PipelineRunNotFoundException or UnknownPipelineException =>
            (StatusCodes.Status404NotFound, "Not found"),
        DatasetNotAllowedException => (StatusCodes.Status403Forbidden, "The data set is not allowed over HTTP"),
        InvalidPipelineParametersException => (StatusCodes.Status400BadRequest, "Invalid pipeline parameters"),
        PipelineBusyException => (StatusCodes.Status409Conflict, "The pipeline is already running"),
        PipelineRunStateException => (StatusCodes.Status409Conflict, "Not possible in this state"),
        ChampionChangedException => (StatusCodes.Status409Conflict, "Another version is served"),
        ShadowRefusedException => (StatusCodes.Status409Conflict, "This version can't be the shadow"),
        NoPreviousChampionException => (StatusCodes.Status409Conflict, "There is no earlier version to roll back to"),
        IrreproducibleModelException => (StatusCodes.Status409Conflict, "The version can't be trained again"),
        InsufficientTrainingDataException => (StatusCodes.Status409Conflict, "Too few photos"),
        ObjectNotFoundException => (StatusCodes.Status404NotFound, "The photo's file is missing"),
        DatabaseException { Failure: DatabaseFailure.OutcomeUnknown } => (StatusCodes.Status503ServiceUnavailable, "Check whether the change was saved"),
        DatabaseException { Failure: DatabaseFailure.StoreMismatch } =>
            (StatusCodes.Status503ServiceUnavailable, "The store and the database do not belong together"),
        DatabaseException => (StatusCodes.Status503ServiceUnavailable, "The database does not answer"),
        StorageUnavailableException => (StatusCodes.Status503ServiceUnavailable, "The image store does not answer"),
        InvalidEmbeddingException => (StatusCodes.Status503ServiceUnavailable, "A stored embedding is damaged"),
        ObjectCorruptedException or InvalidModelArtifactException => (StatusCodes.Status503ServiceUnavailable, "A stored file is damaged"),
        InvalidDataException => (StatusCodes.Status400BadRequest, "The request can't be read"),
        BadHttpRequestException bad => (bad.StatusCode, "The request can't be read"),
        _ => null,
    };
}
