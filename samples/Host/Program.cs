using DandelionMl.Host.Commands;

return await CommandLine.RunAsync(args);
