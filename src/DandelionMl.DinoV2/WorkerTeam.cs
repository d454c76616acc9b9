using System.Runtime.ExceptionServices;

namespace DandelionMl.DinoV2;

/// <summary>A fixed number of threads, the caller's among them, that run one piece of work together and can wait for each other in the
/// middle of it. They wait without spinning for long, so that a busy machine is not kept busier. One run at a time.</summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Barrier _start;
    private readonly Barrier _middle;
    private readonly Barrier _end;
    private readonly List<Thread> _threads = [];
    private readonly List<Exception> _failures = [];
    private Action<int>? _work;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">How many there are with the caller's.</param>
    public WorkerTeam(int size)
    {
        Size = size;
        (_start, _middle, _end) = (new Barrier(size), new Barrier(size), new Barrier(size));
        for (var index = 1; index < size; index++)
        {
            var worker = index;
            var thread = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"DINOv2 {worker}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>How many threads there are.</summary>
    public int Size { get; }

    /// <summary>Runs the work once on every thread.</summary>
    /// <param name="work">Told the thread's number, from 0, which is the caller's.</param>
    /// <exception cref="Exception">What the work threw on any of them.</exception>
    public void Run(Action<int> work)
    {
        _work = work;
        _start.SignalAndWait();
        Work(0);
        _end.SignalAndWait();
        if (_failures.Count == 0)
        {
            return;
        }

        var first = ExceptionDispatchInfo.Capture(_failures[0]);
        _middle.AddParticipants(_failures.Count);
        _failures.Clear();
        first.Throw();
    }

    /// <summary>Waits, in the middle of the work, until every thread has come here. A thread whose work has failed is not waited for.
    /// </summary>
    public void Synchronise() => _middle.SignalAndWait();

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _work = null;
        _start.SignalAndWait();
        _threads.ForEach(thread => thread.Join());
        _start.Dispose();
        _middle.Dispose();
        _end.Dispose();
    }

    private void Serve(int index)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_work is null)
            {
                return;
            }

            Work(index);
            _end.SignalAndWait();
        }
    }

    private void Work(int index)
    {
        try
        {
            _work!(index);
        }
        catch (Exception failure)
        {
            lock (_failures)
            {
                _failures.Add(failure);
            }

            _middle.RemoveParticipant();
        }
    }
}
