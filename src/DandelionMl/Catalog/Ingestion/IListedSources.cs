namespace DandelionMl.Catalog.Ingestion;

/// <summary>A data set whose sources stand in a file: whoever wrote that may have named any file and any address.</summary>
internal interface IListedSources;
