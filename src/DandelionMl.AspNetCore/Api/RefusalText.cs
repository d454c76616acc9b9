using System.Globalization;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Why a decision is refused, in words.</summary>
internal static class RefusalText
{
    public static string Of(ReviewOutcome outcome) => outcome.Refusal switch
    {
        ReviewRefusal.NotFound => $"There is no uploaded photo {outcome.ImageId}.",
        ReviewRefusal.AlreadyDecided => string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Photo!.Review!.Reviewer} decided on it at {outcome.Photo.Review.At:yyyy-MM-dd HH:mm} UTC; undo that first."),
        ReviewRefusal.HeldByAnother => $"{outcome.Photo!.Lease!.Reviewer} is looking at it.",
        ReviewRefusal.NotDecided => "There is nothing to undo.",
        ReviewRefusal.AlreadyTaken => "It is in the training set already.",
        _ => "",
    };
}
