using DandelionMl.Tests.Catalog;
using DandelionMl.Tests.Photos;
using DandelionMl.Tests.Retraining;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresUploadIntakeTests(PostgresFixture postgres) : UploadIntakeSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresUploadSuggestionsTests(PostgresFixture postgres) : UploadSuggestionsSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresReviewDeskTests(PostgresFixture postgres) : ReviewDeskSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresTrainingSetIntakeTests(PostgresFixture postgres) : TrainingSetIntakeSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresTrainingSetEditorTests(PostgresFixture postgres) : TrainingSetEditorSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPhotoEraserTests(PostgresFixture postgres) : PhotoEraserSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPhotoSearchTests(PostgresFixture postgres) : PhotoSearchSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresImageRelocatorTests(PostgresFixture postgres) : ImageRelocatorSuite(new PostgresTestDatabase(postgres));
