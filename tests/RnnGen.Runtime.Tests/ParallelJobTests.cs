using System.Diagnostics;
using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

/// <summary>Work in parts: each part is done once, by whoever has a processor.</summary>
[Collection(nameof(Alone))]
public sealed class ParallelJobTests
{
    private sealed class Job(Action<int, int> action) : ParallelJob
    {
        protected override void RunPart(int part, int parts) => action(part, parts);
    }

    [Fact]
    public void EachPartIsDoneOnce()
    {
        int[] done = new int[64];
        Job job = new((part, parts) =>
        {
            Interlocked.Increment(ref done[part]);
            parts.ShouldBeInRange(1, 64);
        });
        int rounds = 0;
        foreach (int parts in (int[])[.. Enumerable.Range(0, 3000).Select(i => 1 + (i % 7)), 64, 1000, int.MaxValue])
        {
            Array.Clear(done);
            job.Run(parts);
            done.ShouldBe([.. Enumerable.Range(0, 64).Select(i => i < parts ? 1 : 0)], $"round {rounds++}");
        }
    }

    [Fact]
    public void SeveralJobsAtOnceAndWithinEachOther()
    {
        long sum = 0;
        Parallel.For(0, 4, _ =>
        {
            Job inner = new((part, _) => Interlocked.Add(ref sum, part));
            Job outer = new((_, _) => new Job((part, _) => Interlocked.Add(ref sum, part)).Run(3));
            for (int i = 0; i < 300; i++)
            {
                inner.Run(3);
                outer.Run(2);
            }
        });
        sum.ShouldBe(4 * 300 * (3 + (2 * 3)));
    }

    [Fact]
    public void WhatAPartThrowsTheCallerThrows()
    {
        for (int round = 0; round < 20; round++)
        {
            int bad = round % 3, ran = 0;
            Job job = new((part, _) =>
            {
                Interlocked.Increment(ref ran);
                if (part == bad)
                {
                    throw new TimeZoneNotFoundException("here");
                }
            });
            Should.Throw<TimeZoneNotFoundException>(() => job.Run(3)).Message.ShouldBe("here");
            ran.ShouldBe(3);
            bad = -1;
            job.Run(3);
            ran.ShouldBe(6);
        }
    }

    [Fact]
    public void NothingIsAllocatedAfterTheFirstRuns()
    {
        Job job = new((_, _) => { });
        for (int i = 0; i < 100; i++)
        {
            job.Run(2);
        }

        Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                job.Run(2);
            }
        }).ShouldBe(0);
    }

    [Fact]
    public void AWorkerThatDoesNotComeIsNotWaitedFor()
    {
        // Workers that are there are held up; the job is done all the same, by its caller, in the time that its parts take.
        using ManualResetEventSlim held = new(), release = new();
        Job holding = new((part, _) =>
        {
            held.Set();
            release.Wait();
        });
        Thread holder = new(() => holding.Run(2));
        holder.Start();
        held.Wait();
        Stopwatch watch = Stopwatch.StartNew();
        int ran = 0;
        Job job = new((_, _) => Interlocked.Increment(ref ran));
        for (int i = 0; i < 200; i++)
        {
            job.Run(2);
        }

        ran.ShouldBe(400);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(20);
        release.Set();
        holder.Join();
    }
}
