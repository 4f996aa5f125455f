using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>What the parser lets through can be planned and printed; the rest is rejected before anything large is made.</summary>
public sealed class ModelSizeTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Theory]
    [InlineData("ManyToOne", 1, 1, 1, 1, "Lstm(1)")]
    [InlineData("ManyToMany", 3, 7, 5, 32, "Lstm(17), Gru(5), Dense(9), Rnn(33)")]
    [InlineData("ManyToOne", 20, 100, 2, 300, "Gru(64), Dense(8), Dense(12)")]
    [InlineData("ManyToMany", 1, 500, 1, 1, "Rnn(4), Rnn(4), Rnn(4), Rnn(4)")]
    [InlineData("ManyToOne", 65536, 2, 1000, 1, "Lstm(100)")]
    [InlineData("ManyToMany", 8, 500, 1, 8, "MinGru(8), Sru(8), QuasiRnn(8)")]
    [InlineData("ManyToMany", 1, 30, 5, 8, "Embedding(1000, 17), Lstm(17)")]
    [InlineData("ManyToOne", 1, 100, 2, 1, "Embedding(10, 64), Gru(8)")]
    [InlineData("ManyToMany", 2, 300, 2, 200, "Lstm(8), Lstm(8), Precision = Precision.Double")]
    public void TheLayoutIsWhatIsPlannedAndTheLinesAreNearWhatIsWritten(string architecture, int inputSize, int steps, int outputSize, int batchSize, string layers)
    {
        bool isDouble = layers.Contains("Precision", StringComparison.Ordinal);
        string source = Declare(architecture, inputSize, steps, outputSize, batchSize, layers.Replace(", Precision = Precision.Double", "", StringComparison.Ordinal), isDouble);
        ModelSpecification model = Compiler.Parse(source).Specification!;
        AgreesWithPlan(model, source);
    }

    /// <summary>The same where layers follow each other when predicting, and where sequences are decoded.</summary>
    [Theory]
    [InlineData("Architecture.ManyToOne, InputSize = 3, SequenceLength = 20, OutputSize = 2, BatchSize = 8", "[Lstm(17, Bidirectional = true, Dropout = 0.5)] [Gru(9, Bidirectional = true, Dropout = 0.5)] [Dense(33)]")]
    [InlineData("Architecture.ManyToMany, SequenceLength = 40, OutputSize = 5, BatchSize = 32, Loss = Loss.CrossEntropy", "[Embedding(100, 7)] [Rnn(33, Bidirectional = true)]")]
    [InlineData("Architecture.ManyToMany, InputSize = 7, SequenceLength = 40, OutputSize = 5, BatchSize = 32, Loss = Loss.Ctc, LabelLength = 9", "[Gru(33, Bidirectional = true)]")]
    [InlineData("Architecture.OneToMany, InputSize = 300, OutputLength = 12, OutputSize = 40, BatchSize = 16, Loss = Loss.CrossEntropy", "[Dense(64)] [Decoder] [Embedding(40, 8)] [Lstm(32)]")]
    [InlineData("Architecture.OneToMany, InputSize = 3, OutputLength = 12, OutputSize = 4, BatchSize = 1", "[Gru(32)] [Dense(9)]")]
    [InlineData("Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 30, OutputLength = 20, OutputSize = 1, BatchSize = 32", "[Lstm(16)] [Lstm(8)] [Decoder] [Lstm(16)] [Lstm(8)]")]
    [InlineData("Architecture.EncoderDecoder, SequenceLength = 30, OutputLength = 20, OutputSize = 90, BatchSize = 32, Loss = Loss.CrossEntropy, OutputDropout = 0.2", "[Embedding(200, 16)] [Gru(32, Bidirectional = true)] [Decoder(Attention = Attention.Additive)] [Embedding(90, 8)] [Gru(32)] [Gru(16, Dropout = 0.1)]")]
    [InlineData("Architecture.EncoderDecoder, SequenceLength = 30, OutputLength = 20, OutputSize = 90, BatchSize = 4, Loss = Loss.CrossEntropy", "[Embedding(200, 16)] [Lstm(32)] [Decoder(Attention = Attention.Multiplicative)] [Embedding(90, 8)] [Lstm(32)]")]
    [InlineData("Architecture.ManyToMany, InputSize = 3, SequenceLength = 20, OutputSize = 2, BatchSize = 8, InitialState = InitialState.Learned", "[Lstm(17, Bidirectional = true)] [Gru(9)]")]
    [InlineData("Architecture.ManyToOne, InputSize = 3, SequenceLength = 20, OutputSize = 2, BatchSize = 8", "[Lstm(17)] [LayerNorm] [Gru(17, Residual = true)] [LayerNorm(Dropout = 0.1)] [Dense(17, Residual = true)]")]
    [InlineData("Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 30, OutputLength = 20, OutputSize = 1, BatchSize = 32", "[Lstm(16)] [LayerNorm] [Lstm(16, Residual = true)] [Decoder] [Lstm(16)] [LayerNorm] [Lstm(16, Residual = true)]")]
    [InlineData("Architecture.ManyToOne, InputSize = 3, SequenceLength = 20, OutputSize = 2, BatchSize = 8", "[Lstm(17, RecurrentDropout = 0.5)] [Gru(9, Bidirectional = true, RecurrentDropout = 0.5)]")]
    public void TheSameForEveryArchitecture(string declaration, string layers)
    {
        string source = $"[RnnModel({declaration})] {layers} public sealed partial class M;";
        ModelSpecification model = Compiler.Parse(source).Specification.ShouldNotBeNull();
        AgreesWithPlan(model, source);
    }

    private void AgreesWithPlan(ModelSpecification model, string source)
    {
        PlanLayout layout = ModelPlanner.LayOut(model);
        ModelPlan plan = ModelPlanner.Schedule(layout);
        LayerSpecification[] declared = [.. model.Layers, .. model.Decoder?.Layers ?? EquatableArray<LayerSpecification>.Empty];
        layout.Flow.ParameterCount.ShouldBe(plan.Tensors.Sum(t => (long)t.Length));
        (declared.Sum(l => layout.Flow.ParametersOf(l, declared)) + layout.Flow.ParametersOf(null, declared) + plan.Tables.Sum(t => t.Tensor.Length)).ShouldBe(plan.ParameterCount);
        layout.Flow.PackLength.ShouldBe(plan.PackLength);
        long longest = new[] { plan.Training.ArenaLength, plan.Training.SumCount * plan.Training.SumLength, plan.ScratchLength, plan.Streaming?.ArenaLength ?? 0, plan.Streams?.ArenaLength ?? 0, plan.WorkspaceLength, plan.KeptStatesLength }.Max();
        layout.LongestBuffer.ShouldBe(longest);
        plan.Training.Buffers.Max(b => (long)b.Offset + b.Length).ShouldBeInRange(plan.Training.ArenaLength - 16, plan.Training.ArenaLength);
        plan.Training.Forward.Concat(plan.Training.Backward).SelectMany(s => s.Calls).ShouldAllBe(c => c.Invocation.Numbers.All(a => a >= 0));

        long lines = Compiler.Generate(Compiler.Create(source)).Result.GeneratedSources.Sum(file => (long)file.SourceText.Lines.Count), estimated = ModelSize.LinesOf(layout);
        output.WriteLine($"{lines} lines, estimated {estimated}");
        lines.ShouldBeInRange(estimated / 5, estimated * 3 / 2);
    }

    /// <summary>What no array could hold is counted to the last value, and lies nowhere.</summary>
    [Fact]
    public void WhatIsTooLargeIsCountedExactly()
    {
        ModelSpecification model = ModelCheck.Parsed(Compiler.Type(Declare("ManyToOne", 65_536, 65_536, 1, 65_536, "Rnn(1)")), CancellationToken.None).ShouldNotBeNull();
        PlanLayout layout = ModelPlanner.LayOut(model);
        ArenaBuffer inputs = layout.Training.Forward[layout.Training.Units[0], UnitBuffers.Values];

        // The sequences of a group, each with its inputs at every step, of which a row is padded, and a row of 16 for its state and one for its lane.
        inputs.Steps.ShouldBe(65_536);
        layout.Training.Rows.ShouldBe(32);
        long rows = 32L * 65_536;
        layout.Training.Memory.Length.ShouldBeInRange(rows * (65_536 + 16 + (2 * 16)), (rows * (65_536 + 16 + (2 * 16))) + 8_192);
        layout.Training.Losses.Offset.ShouldBe(int.MaxValue);
        SizeCheck.LayOut(model).ShouldBeNull();
    }

    /// <summary>The largest of each kind that is let through: it is planned without an overflow, and its text stays small.</summary>
    [Theory]
    [InlineData("ManyToOne", 1, 30_000, 1, 1, "Rnn(1)")]
    [InlineData("ManyToOne", 1, 20_000, 1, 1_200, "Rnn(1)")]
    [InlineData("ManyToMany", 1, 10_000, 1, 32, "Lstm(1), Gru(1)")]
    [InlineData("ManyToOne", 65_536, 1, 1, 1, "Lstm(1)")]
    [InlineData("ManyToOne", 65_536, 1, 1, 256, "Lstm(1000)")]
    [InlineData("ManyToOne", 1, 1, 1, 1, "Rnn(30000)")]
    [InlineData("ManyToOne", 1, 1, 1, 1, "Lstm(16000)")]
    [InlineData("ManyToOne", 1, 2, 65_536, 1000, "Gru(1000)")]
    [InlineData("ManyToMany", 1, 1, 1, 65_536, "Lstm(1500)")]
    public void WhatIsLetThroughIsPlannedAndPrinted(string architecture, int inputSize, int steps, int outputSize, int batchSize, string layers)
    {
        string source = Declare(architecture, inputSize, steps, outputSize, batchSize, layers);
        ModelSpecification? model = Compiler.Parse(source).Specification;
        model.ShouldNotBeNull();
        ModelPlan plan = ModelPlanner.Plan(model);
        plan.ParameterCount.ShouldBeInRange(1, (int)ModelSize.ParametersLimit);
        plan.Training.ArenaLength.ShouldBeLessThanOrEqualTo(ModelSize.BufferLimit);
        (plan.Training.SumCount * plan.Training.SumLength).ShouldBeLessThanOrEqualTo(ModelSize.BufferLimit);
        PredictionPlan prediction = (plan.Prediction ?? plan.Block).ShouldNotBeNull();
        prediction.ArenaLength.ShouldBeLessThanOrEqualTo(ModelSize.BufferLimit);
        plan.PackLength.ShouldBeGreaterThan(0);
        plan.Training.Buffers.ShouldAllBe(b => b.Offset >= 0 && (long)b.Offset + (long)b.Steps * b.StepLength <= plan.Training.ArenaLength);
        plan.Training.Forward.Concat(plan.Training.Backward).SelectMany(s => s.Calls).ShouldAllBe(c => c.Invocation.Numbers.All(a => a >= 0));
        prediction.Steps.SelectMany(s => s).ShouldAllBe(c => c.Invocation.Numbers.All(a => a >= 0));
        Text(source).ShouldBeLessThan(64 << 20);
    }

    [Fact]
    public void ManyLayersStayWithinTheTextsLimit()
    {
        string layers = string.Join(", ", Enumerable.Range(1, 65).Select(size => $"Lstm({size})"));
        Text(Declare("ManyToMany", 1, 10, 1, 1, layers)).ShouldBeInRange(1 << 20, 64 << 20);
        string equal = string.Join(", ", Enumerable.Repeat("Gru(3)", 1000));
        Text(Declare("ManyToOne", 1, 2, 1, 1, equal)).ShouldBeInRange(1 << 20, 64 << 20);
    }

    /// <summary>Every size at its smallest and at its largest: an issue or a model, and never an exception.</summary>
    [Fact]
    public void AbsurdSizesAreIssues()
    {
        int[] extremes = [1, 65_536];
        int models = 0, issues = 0;
        foreach (string architecture in (string[])["ManyToOne", "ManyToMany"])
        foreach (int inputSize in extremes)
        foreach (int steps in extremes)
        foreach (int outputSize in extremes)
        foreach (int batchSize in extremes)
        foreach (string layers in (string[])["Rnn(1)", "Lstm(65536)", "Gru(1), Lstm(65536), Dense(1)", "Dense(65536), Rnn(1)"])
        {
            string source = Declare(architecture, inputSize, steps, outputSize, batchSize, layers);
            CheckedModel result = Compiler.Parse(source);
            if (result.Specification is { } model)
            {
                ModelPlanner.Plan(model).ParameterCount.ShouldBeGreaterThan(0, source);
                models++;
            }
            else
            {
                result.Issues.ShouldNotBeEmpty(source);
                result.Issues.ShouldAllBe(issue => issue.Rule.Id == "RNN013" || issue.Rule.Id == "RNN020");
                issues++;
            }
        }

        models.ShouldBeGreaterThan(10);
        issues.ShouldBeGreaterThan(50);
    }

    private static string Declare(string architecture, int inputSize, int steps, int outputSize, int batchSize, string layers, bool isDouble = false) =>
        $"[RnnModel(Architecture.{architecture}, InputSize = {inputSize}, SequenceLength = {steps}, OutputSize = {outputSize}, BatchSize = {batchSize}{(isDouble ? ", Precision = Precision.Double" : "")}), {layers}] public partial class M;";

    private long Text(string source)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        ModelSpecification model = Compiler.Parse(source).Specification!;
        EmittedModel emitted = EmittedModel.Of(model).ShouldNotBeNull();
        long length = emitted.Files.Sum(file => (long)file.Text.Length) + emitted.Kernels.Sum(key => (long)KernelEmitter.Emit(key).Text.Length);
        output.WriteLine($"{length >> 10} KB in {watch.ElapsedMilliseconds} ms");
        return length;
    }
}
