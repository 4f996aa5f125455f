using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>An element-wise program runs in stages: a costly function of a costly function's result begins a new one.</summary>
public sealed class StageTests
{
    [Theory]
    [InlineData("lstm", 2)]
    [InlineData("gru", 2)]
    [InlineData("rnn", 1)]
    [InlineData("dense", 1)]
    public void CostlyFunctionsOfCostlyResultsBeginAStage(string cell, int stages)
    {
        CellProgram program = Program(cell);
        program.Forward.Stages(program.Graph).Count.ShouldBe(stages);
        program.Backward.Stages(program.Graph).ShouldHaveSingleItem().ShouldBeSameAs(program.Backward);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void StagesStoreWhatTheWholeStoresAndComputeEachCostlyFunctionOnce(string cell)
    {
        CellProgram program = Program(cell);
        IReadOnlyList<PointwiseProgram> stages = program.Forward.Stages(program.Graph);
        stages.SelectMany(s => s.Stores).ShouldBe(program.Forward.Stores, ignoreOrder: true);
        int[] costly = [.. stages.SelectMany(s => s.Steps).Where(s => program.Graph[s].Function!.IsCostly)];
        costly.ShouldBe(program.Forward.Steps.Where(s => program.Graph[s].Function!.IsCostly), ignoreOrder: true);
    }

    private static CellProgram Program(string cell) => CellProgram.Create(
        CellGraph.Build(CellLibrary.Find(cell), Function.Tanh), hasOutputAdjoint: true, needsInputAdjoint: true);
}
