using System.Runtime.InteropServices;

namespace DandelionMl.Threading;

/// <summary>Gives a thread fewer of the processor's turns than the process's others while those have work.</summary>
internal static partial class LowPriority
{
    /// <summary>Added to the niceness that the process was started with: a third of the weight.</summary>
    private const int Nicer = 5;

    private const int OneThread = 0;
    private const int Myself = 0;

    /// <summary>Lowers the priority of the calling thread, where the system lets it.</summary>
    public static void Take()
    {
        // .NET leaves a thread's priority out on Linux, where it is the niceness that a thread has of its own.
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(OneThread, Myself, GetPriority(OneThread, Myself) + Nicer);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
