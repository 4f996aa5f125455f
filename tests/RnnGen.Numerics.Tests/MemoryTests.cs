using System.Numerics;
using System.Reflection;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// What the layout says of memory is what is allocated, to the byte: of the arrays, to which every model adds the same few
/// objects of a fixed size.
/// </summary>
[Collection(nameof(Alone))]
public class MemoryTests
{
    // The training job with its event and its tree of sums, the group, and the gradients of tables; their size depends on the types of numbers and targets, and on whether states are carried.
    private const int LargestObjects = 600;

    // The gradient of each table is one more.
    private const int TableObject = 88;

    [Fact]
    public void Memory_is_what_the_layout_says()
    {
        Measure measure = new();
        foreach (string name in DeclaredModels.Names.Concat(DeclaredModels.RowNames).Where(n => n is not (nameof(TestModels.LongLstm) or nameof(TestModels.WideLstm))))
            DeclaredModels.Run(name, measure);

        measure.Training.Count.ShouldBeGreaterThan(30);
        measure.Training.DistinctBy(m => m.Stated).Count().ShouldBeGreaterThan(20);
        measure.Threads.Count.ShouldBeGreaterThan(20);
        foreach (IGrouping<string, (string Name, string Kind, long Stated, long Allocated)> kind in measure.Training.Concat(measure.Prediction).GroupBy(m => m.Kind))
        {
            long objects = kind.First().Allocated - kind.First().Stated;
            objects.ShouldBeInRange(0, LargestObjects + TableObject * measure.Tables[kind.First().Name], kind.Key);
            foreach ((string name, _, long stated, long allocated) in kind)
                (allocated - stated).ShouldBe(objects, $"{kind.Key}: {name} states {stated} bytes");
        }

        // A wait for the other thread that was long has made an event's lock besides.
        foreach (IGrouping<string, (string Name, string Kind, long Stated, long Allocated)> kind in measure.Threads.GroupBy(m => m.Kind))
        {
            long objects = kind.Min(m => m.Allocated - m.Stated);
            objects.ShouldBeInRange(0, LargestObjects + TableObject * measure.Tables[kind.First().Name], kind.Key);
            foreach ((string name, _, long stated, long allocated) in kind)
                (allocated - stated - objects).ShouldBeOneOf([0, 24], $"{kind.Key}: {name} states {stated} bytes");
        }

        measure.Prediction.Where(m => !m.Kind.EndsWith("decoded", StringComparison.Ordinal)).ShouldAllBe(m => m.Allocated == m.Stated);
    }

    private sealed class Measure : IModelCheck
    {
        public List<(string Name, string Kind, long Stated, long Allocated)> Training { get; } = [];

        public List<(string Name, string Kind, long Stated, long Allocated)> Threads { get; } = [];

        public Dictionary<string, int> Tables { get; } = [];

        public List<(string Name, string Kind, long Stated, long Allocated)> Prediction { get; } = [];

        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            Tables[layout.ModelName] = layout.Parameters.Count(p => p.Kind == ParameterKind.Embedding);
            string number = typeof(TNumber).Name, batches = layout.BatchSize > 1 ? "batches" : "singly";
            bool isDecoded = typeof(TModel).GetField("OutputLength") is not null;
            string classes = (layout.ClassCount > 0 ? "classes" : "numbers") + (isDecoded ? ", decoded" : "");
            batches += isDecoded ? ", decoded" : "";
            int count = Math.Max(2, layout.BatchSize + 1);
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            int[] lengths = [.. Enumerable.Repeat(layout.SequenceLength, count)];
            TNumber[] outputs = new TNumber[count * layout.OutputLength], gradients = new TNumber[layout.ParameterCount];

            // A first model of the class initialises what is shared by all.
            TModel model = TModel.Create(1);
            model.ComputeGradients(sample.Inputs, sample.Targets, count, gradients, lengths);
            model.PredictBatch(sample.Inputs, outputs, count, lengths);

            // A collection in between may count on top: the least of a few models tells.
            // A batch of more groups than the declared one has takes more memory when it first comes: of it the layout says nothing.
            void Train() => model.ComputeGradients(
                sample.Inputs.AsSpan(0, layout.BatchSize * layout.InputLength), sample.Targets.AsSpan(0, layout.BatchSize * layout.TargetLength), layout.BatchSize, gradients, lengths.AsSpan(0, layout.BatchSize));

            long prediction = long.MaxValue, training = long.MaxValue, thread = long.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                model = TModel.Create(1);
                long made = GC.GetAllocatedBytesForCurrentThread();
                model.PredictBatch(sample.Inputs, outputs, count, lengths);
                long predicted = GC.GetAllocatedBytesForCurrentThread();
                Train();
                long trained = GC.GetAllocatedBytesForCurrentThread();
                (prediction, training) = (Math.Min(prediction, predicted - made), Math.Min(training, trained - predicted));
                model.With(threads: 2);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Train();
                thread = Math.Min(thread, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Prediction.Add((layout.ModelName, $"prediction {batches}", layout.PredictionMemory, prediction));
            Training.Add((layout.ModelName, $"training {(Members.Streams(typeof(TModel)) ? "with states " : "")}{(DeclaredModels.Declaration<TModel>().RecomputeEvery > 0 ? "and recomputation " : "")}{(SharesSteps(model) ? "of shared steps " : "")}{(model is IGradientFlowModel ? "measured " : "")}in {number} to {classes}{NameTables(layout)}", layout.TrainingMemory, training));

            // A model whose batch is one group trains on one thread.
            if (thread > 0)
                Threads.Add((layout.ModelName, $"a thread {(Members.Streams(typeof(TModel)) ? "with states " : "")}{(DeclaredModels.Declaration<TModel>().RecomputeEvery > 0 ? "and recomputation " : "")}{(SharesSteps(model) ? "of shared steps " : "")}to {classes}{NameTables(layout)}", layout.ThreadMemory, thread));

            // Drawing the weights allocates too: here the arrays themselves are looked at.
            object core = Field(model, "_rnn")!;
            Array parameters = (Array)Field(core, "_parameters")!, packs = (Array)Field(Field(core, "_packs")!, "_values")!;
            int size = TNumber.Zero is float ? 4 : 8;
            (OnHeap(parameters, size) + OnHeap(packs, size) + AlignedBuffer).ShouldBe(layout.ModelMemory, layout.ModelName);
            CheckState<TNumber>(model, layout, size);
        }

        // Whether a group has an object besides, for the steps that threads share.
        private static bool SharesSteps(object model)
        {
            object shape = Property(Property(Field(model, "_rnn")!, "Shape")!, "Training")!;
            return (bool)Property(shape, "SharesSteps")!;

            static object? Property(object owner, string name) => owner.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(owner);
        }

        private const int AlignedBuffer = 32;

        private delegate void TakeStatics<TNumber>(ReadOnlySpan<TNumber> statics);

        private string NameTables(ModelLayout layout) => Tables[layout.ModelName] is > 0 and int tables ? $", {tables} tables" : "";

        private static void CheckState<TNumber>(object model, ModelLayout layout, int size)
        {
            if (!Members.Streams(model.GetType()))
            {
                (layout.StateMemory + layout.StreamsMemory).ShouldBe(0, layout.ModelName);
                return;
            }

            object state = model.GetType().GetMethod("CreateState")!.Invoke(model, null)!;
            (OnHeap((Array)Field(Field(state, "_arena")!, "_values")!, size) + AlignedBuffer + Read((Array)Field(state, "_read")!) + Read((Array)Field(state, "_statics")!)).ShouldBe(layout.StateMemory, layout.ModelName);

            // At its first block it takes the rest.
            int statics = layout.Inputs.Where(i => i.Kind == InputKind.Static).Sum(i => i.Size);
            state.GetType().GetMethod("SetStatics")?.CreateDelegate<TakeStatics<TNumber>>(state)(new TNumber[statics]);
            new Stream<TNumber>(state).Process(new TNumber[layout.InputStep], new TNumber[layout.OutputLength / layout.OutputSteps]);
            (Field(state, "_block") is { } block ? OnHeap((Array)Field(block, "_values")!, size) + AlignedBuffer + (Field(state, "_readBlock") is Array read ? OnHeap(read, size) : 0) : 0).ShouldBe(layout.BlockMemory, layout.ModelName);

            // 33 streams take twice what 32 take.
            long Read(Array read) => read.Length == 0 ? 0 : OnHeap(read, size);
            object streams = model.GetType().GetMethod("CreateStreams")!.Invoke(model, [33])!;
            (((Array)Field(streams, "_arenas")!).Cast<object>().Sum(arena => OnHeap((Array)Field(arena, "_values")!, size) + AlignedBuffer)
                + ((Array)Field(streams, "_read")!).Cast<Array>().Concat(((Array)Field(streams, "_statics")!).Cast<Array>()).Sum(Read) + ((int[][])Field(streams, "_steps")!).Sum(steps => OnHeap(steps, sizeof(int))) + ((bool[][])Field(streams, "_hasStep")!).Sum(has => OnHeap(has, sizeof(bool)))).ShouldBe(2 * layout.StreamsMemory, layout.ModelName);
        }

        private static long OnHeap(Array array, int size) => 24 + (array.LongLength * size + 7) / 8 * 8;

        // Fields of a base class are private to it.
        private static object? Field(object owner, string name)
        {
            Type type = owner.GetType();
            while (type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is null)
                type = type.BaseType!;
            return type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!.GetValue(owner);
        }
    }
}
