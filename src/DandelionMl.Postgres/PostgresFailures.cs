using System.Data.Common;
using System.Net.Sockets;
using DandelionMl.Data;
using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>What PostgreSQL's and Npgsql's errors mean for the library.</summary>
internal static class PostgresFailures
{
    private const string InvalidUser = PostgresErrorCodes.InvalidAuthorizationSpecification;
    private const string UnknownDatabase = PostgresErrorCodes.InvalidCatalogName;

    /// <summary>Whether the same may work a little later: the server restarts or is overloaded, the connection broke, the pool is
    /// empty.</summary>
    public static bool IsPassing(DbException exception) => exception.IsTransient || IsConnectionLost(exception);

    /// <summary>Whether the connection ended without a word on the statement it carried. An error that the server answered with, and that
    /// leaves the connection open, says for sure that the statement failed.</summary>
    public static bool IsConnectionLost(DbException exception) => exception switch
    {
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } fatal => fatal.SqlState.StartsWith("57P", StringComparison.Ordinal),
        PostgresException => false,
        _ => exception.InnerException is IOException or TimeoutException or SocketException,
    };

    /// <param name="exception">The error.</param>
    /// <param name="place">The database, in words without a secret.</param>
    /// <returns>Null for an error that is none of the world outside.</returns>
    public static DatabaseException? Translate(DbException exception, string place) => exception switch
    {
        { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => new DatabaseException(
            DatabaseFailure.ReadOnly, $"{place}, is read-only; it may be a standby. Connect to the primary server.", exception),
        { SqlState: PostgresErrorCodes.DiskFull } => new DatabaseException(
            DatabaseFailure.DiskFull, $"{place}, has a full disk: {Text(exception)}. Free some space and try again.", exception),
        { SqlState: InvalidUser or PostgresErrorCodes.InvalidPassword or UnknownDatabase or PostgresErrorCodes.InsufficientPrivilege } =>
            new DatabaseException(
                DatabaseFailure.AccessDenied, $"{place}, denied access: {Text(exception)}. Check the user, its password and its permissions.", exception),

        // An answer of any other kind is about the statement, and so a defect; no answer is about the way to the server.
        _ when exception is not PostgresException || IsPassing(exception) => new DatabaseException(
            DatabaseFailure.Unavailable, $"{place}, can't be reached or closed the connection: {Text(exception)}", exception),
        _ => null,
    };

    private static string Text(DbException exception) => exception is PostgresException answer ? answer.MessageText : exception.Message;
}
