using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Tests.Cells;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>A loss that no file has, in a whole model: nothing but its text is needed.</summary>
public sealed class LossModelTests
{
    private const string Declaration = "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2, BatchSize = 2, Precision = Precision.Double)] [Gru(9)] public sealed partial class M0;";

    [Theory]
    [InlineData("LogCosh", LossCase.LogCosh)]
    [InlineData("Charbonnier", "# The mean of √(1 + (y - target)²) - 1.\nd = y - target\nloss = sqrt(1 + d * d) - 1")]
    public void TrainsByItsTextAlone(string name, string text)
    {
        Compilation compilation = Compile(new LossSource(name, text, new([])));
        CompiledCells.Run(CompiledCells.Load(compilation), 1).Single().Worst.Distance.ShouldBeLessThan(1e-7);
        compilation.SyntaxTrees.Select(t => t.ToString()).ShouldContain(t => t.Contains($"<para>Loss: {name}. The mean of", StringComparison.Ordinal));
    }

    /// <summary>A sum has any number of terms, and a list any number of values.</summary>
    [Fact]
    public void ALongLossIsCompiled()
    {
        string many = string.Join(" + ", Enumerable.Range(1, 1000).Select(i => $"abs(y - {i}) / {i}"));
        Compile(new LossSource("Long", $"# Long.\nloss = {many} - target", new([])));
        string levels = string.Join(", ", Enumerable.Range(1, 99).Select(i => $"0.{i:00}"));
        LossDefinition quantiles = LossParser.Parse($"numbers q = {levels}\nvalues y[q]\nz = cumsum(softplus(y))\nloss = mean(max(q * (target - z), (q - 1) * (target - z)))\nprediction = max(y)", "Many");
        LossEmitter.Code(LossProgram.Create(quantiles, 1), "float").ShouldNotBeNull();
        LossNotes.Of(quantiles, 1)[^1].ShouldBe("and so on, 99 values");
    }

    private static Compilation Compile(LossSource loss)
    {
        ModelSpecification model = Compiler.Parse(Declaration, "M0").Specification.ShouldNotBeNull() with { Loss = loss };
        EmittedModel emitted = EmittedModel.Of(model).ShouldNotBeNull();
        IEnumerable<GeneratedFile> files = [.. emitted.Files, .. emitted.Kernels.Select(KernelEmitter.Emit)];
        Compilation compilation = Compiler.Create(Declaration + CompiledCells.Probe).AddSyntaxTrees(files.Select(f => CSharpSyntaxTree.ParseText(f.Text, Compiler.ParseOptions, f.HintName)));
        string.Join("\n", compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true)).ShouldBe("");
        return compilation;
    }
}
