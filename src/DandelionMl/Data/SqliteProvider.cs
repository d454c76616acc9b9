using System.Data.Common;
using DandelionMl.Data.Migrations;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace DandelionMl.Data;

/// <summary>A database in one SQLite file, shared by any number of processes of one machine.</summary>
internal sealed class SqliteProvider : DatabaseProvider
{
    private const string WhereItIs = "Set DandelionMl:DataDirectory to a folder that this program can write to.";

    private const string DiskIsFull = "the disk is full. Free some space and try again.";

    /// <summary>What SQLite needs at once for the index of a write-ahead log, in bytes, and as much again.</summary>
    private const long LeastRoom = 64 * 1024;

    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    // EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly string _path;

    /// <exception cref="DatabaseException">The folder can't be made.</exception>
    public SqliteProvider(string path)
    {
        _path = Path.GetFullPath(path);
        DataSource = new SqliteDataSource(_path);
        CreateFolder();
    }

    public override DbDataSource DataSource { get; }

    public override bool HasSingleWriter => true;

    // The names by which SQLite decides how it keeps a value.
    public override ColumnTypes ColumnTypes { get; } = new(
        Identity: _ => "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", Long: "INTEGER", Double: "NUMERIC", Boolean: "INTEGER", Bytes: "BLOB");

    public override BulkInsert Bulk { get; } = new SqliteInsert();

    public override string TableExistsSql => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @table";

    // One transaction writes at a time, so that a counter will do. The rows' own numbers would not: deleting the last gives its number again.
    public override string TransactionNumberSql =>
        """
        INSERT INTO settings (key, value) VALUES ('transaction_number', '1')
        ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
        RETURNING CAST(value AS INTEGER)
        """;

    public override string SettledNumberSql =>
        "SELECT COALESCE((SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'transaction_number'), 0) + 1";

    // Write transactions begin by taking the write lock (BEGIN IMMEDIATE): nothing changes between their reads and their writes.
    public override bool IsLostRace(DbException exception) => false;

    // What the file system does to the file; any other error is a defect.
    public override DatabaseException? Translate(DbException exception) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        SQLITE_FULL => Failure(DatabaseFailure.DiskFull, DiskIsFull, exception),

        // What can't be written beside the file, such as the index of its log, is a mere "disk I/O error" of SQLite's.
        SQLITE_IOERR when HasNoRoom() => Failure(DatabaseFailure.DiskFull, DiskIsFull, exception),
        SQLITE_READONLY => Failure(
            DatabaseFailure.ReadOnly, $"it is read-only. Check the permissions of the file and its folder. {WhereItIs}", exception),
        SQLITE_NOTADB or SQLITE_CORRUPT => Failure(
            DatabaseFailure.Damaged,
            "it is damaged, or not a SQLite database. Move the file away and restore a backup. "
            + "DandelionMl:DataDirectory sets its folder.",
            exception),
        SQLITE_CANTOPEN or SQLITE_PERM or SQLITE_AUTH => Failure(
            DatabaseFailure.Unavailable, $"{exception.Message} {WhereItIs}", exception),
        SQLITE_BUSY or SQLITE_IOERR => Failure(DatabaseFailure.Unavailable, exception.Message, exception),
        _ => null,
    };

    public override async Task<IAsyncDisposable> LockMigrationsAsync(CancellationToken cancellationToken)
    {
        // The file stays: were it deleted, a second process could hold the old one and a third a new one.
        var path = _path + "-migrate";
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (HeldByAnother.Contains(exception.HResult))
            {
                // Real time, whatever clock the program was given: the lock is held by another process.
                await Task.Delay(LockPollInterval, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Failure(exception);
            }
        }
    }

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // Write-ahead log: readers and the writer don't wait for each other. Kept in the file, so set once.
        var connection = await DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        await new DatabaseSession(connection, null, cancellationToken).ExecuteAsync("PRAGMA journal_mode = WAL").ConfigureAwait(false);
    }

    private bool HasNoRoom()
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace < LeastRoom;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private void CreateFolder()
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(_path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception);
        }

        try
        {
            PrivateFolder.CreateFile(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // SQLite says why, once it is asked for something.
        }
    }

    private DatabaseException Failure(Exception exception) => Failure(
        exception is UnauthorizedAccessException ? DatabaseFailure.AccessDenied : DatabaseFailure.Unavailable,
        $"{exception.Message} {WhereItIs}",
        exception);

    private DatabaseException Failure(DatabaseFailure failure, string reason, Exception exception) =>
        new(failure, $"The database '{_path}' can't be used: {reason}", exception);
}
