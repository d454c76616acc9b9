namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>The results that the page of this request shows.</summary>
internal sealed class PhotoResults : List<PhotoResult>;
