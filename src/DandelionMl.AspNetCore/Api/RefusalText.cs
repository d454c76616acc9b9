using System.Globalization;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Why a decision on a photo, or a change of it, is refused, in words.</summary>
internal static class RefusalText
{
    public static string Of(PhotoOutcome outcome) => outcome.Refusal switch
    {
        PhotoRefusal.NotFound when outcome.ImageId == 0 => "No photo has these bytes.",
        PhotoRefusal.NotFound => $"There is no photo {outcome.ImageId}.",
        PhotoRefusal.AlreadyDecided => string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Photo!.Upload!.Review!.Reviewer} already decided on it at {outcome.Photo.Upload.Review.At:yyyy-MM-dd HH:mm} UTC. Undo that decision first."),
        PhotoRefusal.HeldByAnother => $"{outcome.Photo!.Upload!.Holder} is reviewing it now.",
        PhotoRefusal.NotDecided => "There is nothing to undo.",
        PhotoRefusal.AlreadyTaken => "It is already in the training set.",
        PhotoRefusal.NotInTrainingSet => "It is not in the training set.",
        PhotoRefusal.AlreadyWithdrawn => "It is withdrawn; restore it first.",
        PhotoRefusal.NotWithdrawn => "It is not withdrawn.",
        PhotoRefusal.AlreadyLabelled => $"It already has the label '{outcome.Photo!.Image.Label}'.",
        PhotoRefusal.LabelChanged => $"It was given the label '{outcome.Photo!.Image.Label}' meanwhile.",
        PhotoRefusal.HasBytes => "Its file is kept; only a photo that never came can be forgotten. Withdraw it instead.",
        PhotoRefusal.AlreadyErased => "It was erased before.",
        PhotoRefusal.IsDuplicate => "It is a duplicate of another photo with the same bytes. Erase that one.",
        _ => "",
    };

    /// <summary>Refuses a class that there is not; for programs, the one that is meant, perhaps, beside the words.</summary>
    public static ProblemHttpResult Refuse(UnknownLabel unknown) => TypedResults.Problem(
        unknown.Message,
        statusCode: StatusCodes.Status400BadRequest,
        title: "Unknown class",
        extensions: [KeyValuePair.Create("refusal", (object?)PhotoRefusal.UnknownClass), KeyValuePair.Create("similarClass", (object?)unknown.Similar)]);

    /// <summary>Answers with the photo as it is now, or with why not.</summary>
    public static Results<Ok<PhotoResponse>, ProblemHttpResult> Answer(PhotoOutcome outcome) => outcome.IsAccepted
        ? TypedResults.Ok(PhotoResponse.Of(outcome.Photo!))
        : Problem(outcome);

    /// <summary>Answers why not; for programs, the refusal's name beside its words.</summary>
    public static ProblemHttpResult Problem(PhotoOutcome outcome) => TypedResults.Problem(
        Of(outcome),
        statusCode: outcome.Refusal == PhotoRefusal.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict,
        extensions: [KeyValuePair.Create("refusal", (object?)outcome.Refusal)]);
}
