namespace DandelionMl.Data.Migrations;

/// <summary>What is known of the photos that were served: the watch for drift, counts by day, and a sample of each day.</summary>
internal sealed class DriftSchema() : Migration(10, "Drift")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        CREATE TABLE drift_states (
            model_version {types.Long} NOT NULL CONSTRAINT "PK_drift_states" PRIMARY KEY,
            state text NOT NULL,
            updated_at timestamp with time zone NOT NULL);

        CREATE TABLE served_days (
            day varchar(10) NOT NULL,
            model_version {types.Long} NOT NULL,
            label varchar(50) NOT NULL,
            photos {types.Long} NOT NULL,
            confidence_sum {types.Double} NOT NULL,
            ranked {types.Long} NOT NULL,
            rank_sum {types.Double} NOT NULL,
            CONSTRAINT "PK_served_days" PRIMARY KEY (day, model_version, label));

        -- The photos of a day with the lowest priorities: a sample that several processes draw together.
        CREATE TABLE served_photos (
            day varchar(10) NOT NULL,
            sha256 varchar(64) NOT NULL,
            priority {types.Long} NOT NULL,
            model_version {types.Long} NOT NULL,
            label varchar(50) NOT NULL,
            probability {types.Double} NOT NULL,
            rank {types.Double},
            served_at timestamp with time zone NOT NULL,
            vector {types.Bytes} NOT NULL,
            CONSTRAINT "PK_served_photos" PRIMARY KEY (day, sha256));

        -- For the reviewers' agreement by day.
        CREATE INDEX ix_uploads_decided_at ON uploads (decided_at);

        CREATE INDEX "IX_served_photos_priority" ON served_photos (day, priority);
        CREATE INDEX "IX_served_photos_sha256" ON served_photos (sha256);
        """;
}
