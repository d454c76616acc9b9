namespace DandelionMl.Data.Migrations;

/// <summary>The types of columns that databases call by different names. All others (<c>varchar</c>, <c>text</c>, <c>integer</c>,
/// <c>timestamp with time zone</c>) are written plainly: PostgreSQL knows them, and SQLite takes any name.</summary>
/// <param name="Identity">Numbers the rows of the table that it is given, as their primary key.</param>
/// <param name="Long">Whole numbers of 64 bits. In SQLite, as a primary key, the row's own number.</param>
/// <param name="Double">Floating-point numbers of 64 bits.</param>
/// <param name="Boolean">Truth values.</param>
/// <param name="Bytes">Bytes of any number.</param>
internal sealed record ColumnTypes(Func<string, string> Identity, string Long, string Double, string Boolean, string Bytes);
