using DandelionMl.Tool.Commands;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
