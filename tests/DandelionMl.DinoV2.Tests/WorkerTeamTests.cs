using System.Collections.Concurrent;

namespace DandelionMl.DinoV2.Tests;

public class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_work_runs_once_on_every_thread(int size)
    {
        using var team = new WorkerTeam(size);
        for (var repetition = 0; repetition < 10; repetition++)
        {
            var threads = new ConcurrentDictionary<int, int>();

            team.Run(worker => Assert.True(threads.TryAdd(worker, Environment.CurrentManagedThreadId)));

            Assert.Equal(Enumerable.Range(0, size), threads.Keys.Order());
            Assert.Equal(size, threads.Values.Distinct().Count());
            Assert.Equal(Environment.CurrentManagedThreadId, threads[0]);
        }
    }

    [Fact]
    public void Synchronise_everybody_sees_what_was_done_before()
    {
        using var team = new WorkerTeam(4);
        var done = 0;
        var seen = new int[4];

        team.Run(worker =>
        {
            Interlocked.Increment(ref done);
            team.Synchronise();
            seen[worker] = done;
            team.Synchronise();
            Interlocked.Increment(ref done);
        });

        Assert.All(seen, count => Assert.Equal(4, count));
        Assert.Equal(8, done);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_failing_thread_is_not_waited_for_and_the_team_goes_on(int failing)
    {
        using var team = new WorkerTeam(3);
        for (var repetition = 0; repetition < 3; repetition++)
        {
            var reached = 0;

            Assert.Throws<InvalidOperationException>(() => team.Run(worker =>
            {
                if (worker == failing)
                {
                    throw new InvalidOperationException();
                }

                team.Synchronise();
                Interlocked.Increment(ref reached);
            }));

            Assert.Equal(2, reached);
        }

        var all = 0;
        team.Run(_ =>
        {
            team.Synchronise();
            Interlocked.Increment(ref all);
        });
        Assert.Equal(3, all);
    }

    [Fact]
    public void Run_everybody_failing_throws_and_the_team_goes_on()
    {
        using var team = new WorkerTeam(2);

        Assert.Throws<InvalidOperationException>(() => team.Run(_ => throw new InvalidOperationException()));
        team.Run(_ => team.Synchronise());
    }
}
