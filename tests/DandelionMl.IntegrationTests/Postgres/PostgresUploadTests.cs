using DandelionMl.Data;
using DandelionMl.Tests.Curation;
using DandelionMl.Tests.Retraining;
using DandelionMl.Tests.Review;
using DandelionMl.Tests.Uploads;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresUploadIntakeTests(PostgresFixture postgres) : UploadIntakeSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _database.Open();
}

public sealed class PostgresReviewDeskTests(PostgresFixture postgres) : ReviewDeskSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _database.Open();
}

public sealed class PostgresTrainingSetIntakeTests(PostgresFixture postgres) : TrainingSetIntakeSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _database.Open();
}

public sealed class PostgresTrainingSetEditorTests(PostgresFixture postgres) : TrainingSetEditorSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _database.Open();
}

public sealed class PostgresPhotoSearchTests(PostgresFixture postgres) : PhotoSearchSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _database.Open();
}
