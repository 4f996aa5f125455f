using System.Diagnostics;
using System.Globalization;
using RnnGen.Tests;
using RnnGen.Trainee;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// Eight threads predict with one model, alone and in batches, while another thread trains a copy and swaps it in: every answer is, to the bit, one of the model that was asked, and
/// memory stays where it is. RNNGEN_LOAD_SECONDS says how long; 3 seconds without it. An hour is the soak.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Readers = 8, Questions = 16;

    // A model and what it answers, which one thread alone found out before anyone else saw it.
    private sealed record Version(TraineeModel Model, float[] Answers, long Number);

    [Fact]
    public async Task ManyThreadsPredictWhileACopyTrainsAndIsSwappedIn()
    {
        double seconds = double.Parse(Environment.GetEnvironmentVariable("RNNGEN_LOAD_SECONDS") ?? "3", CultureInfo.InvariantCulture);
        Random random = new(5);
        float[] questions = [.. Enumerable.Range(0, Questions * TraineeModel.Layout.InputLength).Select(_ => random.NextSingle() - 0.5f)];
        float[] targets = [.. Enumerable.Range(0, Questions).Select(_ => random.NextSingle())];
        Version current = Publish(new TraineeModel(1), 0);
        using CancellationTokenSource end = new();
        long answers = 0, swaps = 0;
        List<long> memory = new(100_000);
        List<WeakReference> replaced = new(100_000);

        Version Publish(TraineeModel model, long number)
        {
            float[] outputs = new float[Questions];
            model.PredictBatch(questions, outputs, Questions);
            return new Version(model, outputs, number);
        }

        // A torn read, of parameters or of a model that is half replaced, gives an answer of no version.
        void Read(int seed)
        {
            Random choice = new(seed);
            float[] one = new float[1], many = new float[Questions];
            long last = 0, asked = 0;
            while (!end.IsCancellationRequested)
            {
                Version version = Volatile.Read(ref current);
                version.Number.ShouldBeGreaterThanOrEqualTo(last);
                last = version.Number;
                int i = choice.Next(Questions);
                version.Model.Predict(questions.AsSpan(i * TraineeModel.Layout.InputLength, TraineeModel.Layout.InputLength), one);
                int count = choice.Next(1, Questions + 1);
                version.Model.PredictBatch(questions.AsSpan(0, count * TraineeModel.Layout.InputLength), many.AsSpan(0, count), count);
                if (one[0] != version.Answers[i] || !many.AsSpan(0, count).SequenceEqual(version.Answers.AsSpan(0, count)))
                {
                    throw new InvalidDataException($"Version {version.Number} answered {one[0]:R} to question {i}, where it answers {version.Answers[i]:R}.");
                }

                asked += 1 + count;
            }

            Interlocked.Add(ref answers, asked);
        }

        void Train()
        {
            Stopwatch watch = Stopwatch.StartNew();
            double nextSample = 0;
            while (!end.IsCancellationRequested)
            {
                TraineeModel copy = current.Model.Clone();
                copy.TrainStep(questions, targets, Questions, new Sgd(0.01));
                copy.Parameters.SequenceEqual(current.Model.Parameters).ShouldBeFalse();
                replaced.Add(new WeakReference(current.Model));
                Volatile.Write(ref current, Publish(copy, current.Number + 1));
                swaps++;
                if (watch.Elapsed.TotalSeconds >= nextSample)
                {
                    memory.Add(Allocations.Held());
                    nextSample += Math.Max(seconds / 60, 0.2);
                }

                // A swap from time to time, not as fast as it can.
                Thread.Sleep(1);
            }
        }

        Task[] tasks = [.. Enumerable.Range(0, Readers).Select(i => Task.Factory.StartNew(() => Read(i), TaskCreationOptions.LongRunning)), Task.Factory.StartNew(Train, TaskCreationOptions.LongRunning)];
        Task first = await Task.WhenAny([.. tasks, Task.Delay(TimeSpan.FromSeconds(seconds))]);
        await end.CancelAsync();
        await first;
        await Task.WhenAll(tasks);

        // Readers may hold an older model each, so that the smallest of several samples is the one that tells.
        long early = memory.Take((memory.Count + 3) / 4).Min(), late = memory.Skip(memory.Count * 3 / 4).Min();
        int held = CountHeld(replaced);
        output.WriteLine(
            $"{seconds} s: {answers:N0} answers, {swaps:N0} swaps, {held} replaced models still held; live memory at least {early:N0} bytes in the first quarter, {late:N0} in the last, " +
            $"{memory.Count} samples; working set {Environment.WorkingSet >> 20} MB");
        swaps.ShouldBeGreaterThan(1);
        answers.ShouldBeGreaterThan(Readers);
        (late - early).ShouldBeLessThan(2 << 20);

        // All readers have ended: a thread's stack may still name one, nothing else does.
        held.ShouldBeLessThanOrEqualTo(1);
    }

    private static int CountHeld(List<WeakReference> models)
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return models.Count(m => m.IsAlive);
    }

    [Fact]
    public async Task PredictingThreadsDoNotAllocate()
    {
        TraineeModel model = new(1);
        float[] questions = new float[Questions * TraineeModel.Layout.InputLength];
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(() => Ask(2000), TaskCreationOptions.LongRunning)));
        long[] allocated = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(() => Ask(2000), TaskCreationOptions.LongRunning)));

        // Where more calls overlap than ever before, one allocates scratch memory: a few kilobytes once, not at each call.
        allocated.Sum().ShouldBeLessThan(Readers * 64 * 1024);

        long Ask(int times)
        {
            float[] outputs = new float[Questions];
            model.PredictBatch(questions, outputs, Questions);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++)
            {
                model.Predict(questions.AsSpan(0, TraineeModel.Layout.InputLength), outputs.AsSpan(0, 1));
                model.PredictBatch(questions, outputs, Questions);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
