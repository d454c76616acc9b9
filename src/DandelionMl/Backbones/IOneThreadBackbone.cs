namespace DandelionMl.Backbones;

/// <summary>A backbone whose pass over one photo takes one thread and nothing else, so that a batch is no faster than its photos one by one, on as
/// many threads as there are processors.</summary>
internal interface IOneThreadBackbone : IBackbone;
