using System.Globalization;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Tool.Tests.Documents.Shell;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Documents;

/// <summary>Commands of documents that need PostgreSQL and an S3 store, with a database of their own.</summary>
[Collection(CephTests.Name)]
public sealed class ServersSnippetTests(CephServer ceph, PostgresFixture postgres)
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Servers, Checkout.Path)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        await using var database = await postgres.CreateBareDatabaseAsync();
        using var script = new ShellScript(Checkout.Path);
        UseDatabase(script, database);
        UseStore(script);
        foreach (var folder in (string[])["/var/lib/dandelion", "/backup/objects"])
        {
            script.Meaning[folder] = script.Home + folder;
        }

        await script.RunAsync(path, ShellRunner.Servers);
    }

    private static void UseDatabase(ShellScript script, PostgresDatabase database)
    {
        var connection = database.Connect();
        var port = connection.Port.ToString(CultureInfo.InvariantCulture);
        var password = connection.Password!;
        (script.Environment["PGHOST"], script.Environment["PGPORT"]) = (connection.Host, port);
        (script.Environment["PGUSER"], script.Environment["PGPASSWORD"]) = (connection.Username, password);
        script.Environment["PGDATABASE"] = database.Name;
        script.Environment["DATABASE"] = $"postgresql://{connection.Username}@{connection.Host}:{port}/{database.Name}";
        script.Meaning["PGPASSWORD=…"] = $"PGPASSWORD={password}";
        script.Meaning["createdb dandelion"] = $"createdb {database.Name}";
        script.Meaning["--dbname=dandelion"] = $"--dbname={database.Name}";
        connection.Password = null;
        script.Meaning["Host=db;Database=dandelion;Username=dandelion"] = connection.ConnectionString;
        script.Meaning["Host=db;Database=plants;Username=airflow"] = connection.ConnectionString;
    }

    private void UseStore(ShellScript script)
    {
        var endpoint = ceph.Endpoint.AbsoluteUri.TrimEnd('/');
        foreach (var name in (string[])["https://minio:9000", "http://minio:9000", "https://s3.example"])
        {
            script.Meaning[name] = endpoint;
        }

        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["AccessKey"] = CephServer.AccessKey, ["SecretKey"] = CephServer.SecretKey,
            ["ACCESS_KEY"] = CephServer.AccessKey, ["SECRET_KEY"] = CephServer.SecretKey,
        })
        {
            script.Meaning[$"{name}=…"] = $"{name}={value}";
        }

        // The remote that documents call s3.
        (script.Environment["RCLONE_CONFIG_S3_TYPE"], script.Environment["RCLONE_CONFIG_S3_PROVIDER"]) = ("s3", "Ceph");
        script.Environment["RCLONE_CONFIG_S3_ENDPOINT"] = endpoint;
        script.Environment["RCLONE_CONFIG_S3_ACCESS_KEY_ID"] = CephServer.AccessKey;
        script.Environment["RCLONE_CONFIG_S3_SECRET_ACCESS_KEY"] = CephServer.SecretKey;
        // The server has no certificate, and rclone can't be told of one this way.
        script.Environment["AWS_CA_BUNDLE"] = null;
        // The bucket that documents take for granted is new to each.
        script.Before += "rclone purge s3:image-dandelion-grass || true\n";
    }
}
