using Microsoft.ML.OnnxRuntime;

namespace DandelionMl.Onnx.Graphs;

/// <summary>A graph opened by ONNX Runtime.</summary>
internal sealed class Session : IDisposable
{
    private static readonly Lazy<string> Version = new(() => OrtEnv.Instance().GetVersionString());

    private readonly InferenceSession _session;

    private Session(InferenceSession session) => _session = session;

    /// <summary>ONNX Runtime's version.</summary>
    public static string RuntimeVersion => Version.Value;

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    /// <summary>What the file's writer says of the model beyond the graph.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Opens a graph. It is read from memory, so that what runs is what was hashed.</summary>
    /// <param name="model">The ONNX file's bytes.</param>
    /// <param name="options">Threads and execution provider.</param>
    /// <param name="weights">The folder with the files in which its weights lie; null where they are inside it.</param>
    /// <exception cref="UnusableGraphException">It is no ONNX graph that this runtime can run; or the runtime's native library
    /// or the execution provider is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threads are less than one.</exception>
    public static Session Open(byte[] model, OnnxBackboneOptions options, string? weights = null)
    {
        var threads = options.Threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(options.Threads));
        try
        {
            using var session = new SessionOptions
            {
                IntraOpNumThreads = threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,

                // It would keep the largest pass's memory for ever, and is no faster.
                EnableCpuMemArena = false,
            };

            // Threads that spin while they wait slow down everything else that the application does.
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            if (weights is not null)
            {
                session.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weights);
            }

            AddProvider(session, options.ExecutionProvider);
            return new Session(new InferenceSession(model, session));
        }
        catch (Exception cause) when (cause is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            throw new UnusableGraphException(
                "ONNX Runtime's native library can't be loaded. It is in the package Microsoft.ML.OnnxRuntime for Linux with glibc (x64, "
                + "arm64), Windows (x64, arm64) and macOS (arm64); set the application's runtime identifier to one of these.", cause);
        }
        catch (OnnxRuntimeException cause)
        {
            throw new UnusableGraphException(
                "ONNX Runtime can't open it. Export it in float32, for the processor. ONNX Runtime says: "
                + cause.Message, cause);
        }
    }

    /// <summary>Runs the graph.</summary>
    /// <param name="input">Name of the input.</param>
    /// <param name="shape">The input's shape.</param>
    /// <param name="values">The input's values.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="read">Takes what it needs from the output; the tensor lives no longer.</param>
    /// <param name="cancellationToken">Cancels between layers.</param>
    /// <exception cref="OnnxRuntimeException">The graph does not run on this input.</exception>
    public unsafe void Run(
        string input, long[] shape, ReadOnlySpan<float> values, string output, OutputReader read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var run = new RunOptions();
        using var cancellation = cancellationToken.Register(() => run.Terminate = true);
        try
        {
            fixed (float* first = values)
            {
                using var tensor = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, shape, (nint)first,
                    values.Length * sizeof(float));
                using var results = _session.Run(run, [input], [tensor], [output]);
                read(results[0].GetTensorTypeAndShape().Shape, results[0].GetTensorDataAsSpan<float>());
            }
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    public void Dispose() => _session.Dispose();

    private static void AddProvider(SessionOptions session, string provider)
    {
        if (provider == OnnxBackbone.Cpu)
        {
            return;
        }

        try
        {
            if (provider == OnnxBackbone.Cuda)
            {
                session.AppendExecutionProvider_CUDA();
            }
            else
            {
                session.AppendExecutionProvider(provider);
            }
        }
        catch (Exception cause) when (cause is OnnxRuntimeException or EntryPointNotFoundException or ArgumentException)
        {
            throw new UnusableGraphException(
                $"ONNX Runtime has no execution provider '{provider}' here. Set ExecutionProvider to CPU, or add the package that has it: "
                + $"for CUDA, Microsoft.ML.OnnxRuntime.Gpu. ONNX Runtime says: {cause.Message}", cause);
        }
    }
}

/// <summary>Takes what it needs from an output.</summary>
/// <param name="shape">The output's shape.</param>
/// <param name="values">Its values, row by row; valid during the call.</param>
internal delegate void OutputReader(ReadOnlySpan<long> shape, ReadOnlySpan<float> values);
