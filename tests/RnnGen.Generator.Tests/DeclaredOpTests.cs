using RnnGen.Generator.Common;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>The layers that are ops: what their list says of each is what a model has.</summary>
public sealed class DeclaredOpTests
{
    private const string Model = "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 2, OutputSize = 1)] ";

    public static TheoryData<string> Names => [.. DeclaredOps.All.Select(op => op.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EachIsMadeUnderItsTitle(string name)
    {
        ModelPlan plan = ModelPlanner.Plan(Compiler.Parse($"{Model} [Gru(3)] [{name}] [Gru(3)] [{name}] public sealed partial class M;").Specification.ShouldNotBeNull());
        string title = DeclaredOps.Find(name).ShouldNotBeNull().Title;
        plan.Units.Where(u => u.Declared is { IsOp: true }).Select(u => u.Name).ShouldBe([title + "0", title + "1"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ACellOfItsTitleIsCalledOtherwise(string name)
    {
        string title = DeclaredOps.Find(name).ShouldNotBeNull().Title;
        ModelPlan plan = ModelPlanner.Plan(Compiler.Parse($"{Model} [Recurrent<{title}>(3)] [{name}] public sealed partial class M; [Cell(\"h' = tanh(W x + U h + b)\")] public class {title};").Specification.ShouldNotBeNull());
        plan.Units.Select(u => u.Name).ShouldBeUnique();
    }
}
