using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class UploadSuggestionsTests() : UploadSuggestionsSuite(new SqliteFile());
