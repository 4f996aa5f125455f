using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>A layer whose products read the input alone multiplies many steps at once: its equations say so, and nothing else.</summary>
public sealed class ScanTests
{
    private const string OwnMinGru = """
        forget = sigmoid(W x + b)
        new    = W x + b
        kept   = select(new >= 0, new + 0.5, sigmoid(new))
        h'     = (1 - forget) * h + forget * kept
        """;

    // What a step's first stage reads is known in its second stage only.
    public const string Chained = """
        vector u
        i  = sigmoid(W x + b)
        g  = tanh(W x + b + u * h)
        c' = i * c + (1 - i) * g
        h' = tanh(c') * sigmoid(W x)
        """;

    [Theory]
    [InlineData("[MinGru(8)]", true)]
    [InlineData("[MinLstm(8)]", true)]
    [InlineData("[Sru(8)]", true)]
    [InlineData("[QuasiRnn(8)]", true)]
    [InlineData("[IndRnn(8)]", true)]
    [InlineData("[Lstm(8)]", false)]
    [InlineData("[Gru(8)]", false)]
    [InlineData("[LeakyRnn(8)]", false)]
    [InlineData("[JordanRnn(8)]", false)]
    [InlineData("[ProjectedLstm(8)]", false)]
    [InlineData("[Recurrent<C0>(8)]", true, OwnMinGru)]
    [InlineData("[Recurrent<C0>(8)]", true, Chained)]
    [InlineData("[Recurrent<C0>(8)]", false, "h' = tanh(W x + U h + b)")]
    [InlineData("[Recurrent<C0>(8)]", false, "a = sigmoid(W x)\nh' = 0.5 * h + U a")]
    [InlineData("[Recurrent<C0>(8)]", false, "h' = 0.5 * h + norm(W x)")]
    public void TheEquationsSayWhetherStepsAreMultipliedTogether(string layer, bool scans, string? cell = null)
    {
        LayerPlan plan = Plan(layer, cell).Training.Layers[0].Plan;
        plan.Scans.ShouldBe(scans);
    }

    /// <summary>Training calls such a layer once for all steps, and in the backward pass once for each chunk of the weight gradient.</summary>
    [Fact]
    public void AllStepsAreOneCall()
    {
        ModelPlan plan = Plan("[MinGru(8)] [Lstm(8)] [MinGru(8)]", steps: 100);
        Call[] forward = [.. plan.Training.Forward.SelectMany(s => s.Calls)], backward = [.. plan.Training.Backward.SelectMany(s => s.Calls)];
        forward.OfType<SharedCall>().Count().ShouldBe(2);
        forward.OfType<ForwardKernel>().Count(c => c.Layer.Name == "Lstm1").ShouldBe(100);
        int chunks = (100 + TrainingGroups.ChunkSteps(plan.Training.GroupSize) - 1) / TrainingGroups.ChunkSteps(plan.Training.GroupSize);
        backward.OfType<SharedCall>().Count(c => c.Work.Calls[0] is ScanBackKernel).ShouldBe(2 * chunks);

        // The first layer's input is no parameter's.
        backward.OfType<SharedCall>().Count(c => c.Work.Calls[0] is ScannedAdjointKernel).ShouldBe(chunks);
        plan.Training.Shared.Count.ShouldBe(5);
        plan.Training.Shared.SelectMany(w => w.Calls).OfType<KernelCall>().ShouldAllBe(c => c.Layer.Plan.Scans);
    }

    /// <summary>Another thread is asked only where there is something to do for it.</summary>
    [Theory]
    [InlineData(8, 100, false)]
    [InlineData(128, 100, true)]
    public void LargeWorksAreShared(int size, int steps, bool isLarge) =>
        Plan($"[MinGru({size})]", steps: steps, inputSize: size).Training.Forward.SelectMany(s => s.Calls).OfType<SharedCall>().ShouldHaveSingleItem().IsLarge.ShouldBe(isLarge);

    /// <summary>A stage runs over the rows of many steps: it must not read what only a later one leaves to the next step.</summary>
    [Fact]
    public void AStageReadsNoStepThatALaterOneWrites()
    {
        CellProgram chained = Program(Chained), apart = Program("i = sigmoid(W x + b)\nc' = i * c\nh' = i * tanh(c')");
        chained.Forward.Stages(chained.Graph).Count.ShouldBeGreaterThan(1);
        chained.Forward.StagesOverSteps(chained.Graph).ShouldHaveSingleItem().ShouldBeSameAs(chained.Forward);
        apart.Forward.StagesOverSteps(apart.Graph).Count.ShouldBe(2);
    }

    private static CellProgram Program(string text) => CellProgram.Create(
        CellGraph.Build(new CellSource("C", text, EquatableArray<CellNumber>.Empty).Definition, null), hasOutputAdjoint: true, needsInputAdjoint: true);

    private static ModelPlan Plan(string layers, string? cell = null, int steps = 4, int inputSize = 8)
    {
        string declaration = cell is null ? "" : CompiledCells.Cell.Of(cell, 0).Declaration;
        string source = $"{declaration}[RnnModel(Architecture.ManyToMany, InputSize = {inputSize}, SequenceLength = {steps}, OutputSize = 2, BatchSize = 16)] {layers} public sealed partial class M;";
        return ModelPlanner.Plan(Compiler.Parse(source).Specification.ShouldNotBeNull());
    }
}
