using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator.Tests.Cells;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>A loss of a user's own, from its attribute to the model.</summary>
public sealed partial class OwnLossTests
{
    private const string Model = "\n[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2, BatchSize = 2)]\n[Gru(5)]\npublic sealed partial class M;\n";

    /// <summary>A user's squared error is the built-in one, and so is every other loss whose equations a user writes: the models differ in nothing but what is saved of the declaration.</summary>
    [Theory]
    [MemberData(nameof(LossCase.Names), MemberType = typeof(LossCase))]
    public void ALossOfAUsersOwnIsTheBuiltInOne(string name)
    {
        LossCase loss = LossCase.Of(name);
        if (loss.Text is not null)
        {
            return;
        }

        string equations = File.ReadAllText(Path.Combine(Repository.Root, "src/RnnGen.Generator/Losses", name + ".loss")).TrimEnd();
        string shipped = Compiler.Generate(Compiler.Create(Model.Replace("OutputSize = 2", $"OutputSize = 2, Loss = Loss.{name}", StringComparison.Ordinal))).Result.GeneratedSources.Single(s => s.HintName == "M.g.cs").SourceText.ToString();
        string own = Compiler.Generate(Compiler.Create(Declared(equations, name) + Model.Replace("[Gru", $"[Loss<{name}>]\n[Gru", StringComparison.Ordinal))).Result.GeneratedSources.Single(s => s.HintName == "M.g.cs").SourceText.ToString();
        Saved().Replace(own, "").ShouldBe(Saved().Replace(shipped, ""));
        own.ShouldContain($"Details = \"set of equations of the loss {name}: the one with hash ");
    }

    /// <summary>The editor shows the class's documentation: the loss's sentence, its numbers, equations and derivative.</summary>
    [Fact]
    public void TheModelsDocumentationHasValueAndDerivative()
    {
        string text = Compiler.Generate(Compiler.Create(Declared("# The mean pinball loss.\nnumber q = 0.9\ne = target - y\nloss = max(q * e, (q - 1) * e)", "Pinball")
            + Model.Replace("[Gru", "[Loss<Pinball>(Numbers = \"q = 0.95\")]\n[Gru", StringComparison.Ordinal))).Result.GeneratedSources.Single(s => s.HintName == "M.g.cs").SourceText.ToString();
        text.ShouldContain("""
            /// <para>Loss: Pinball. The mean pinball loss.</para>
            /// <code>
            /// q = 0.95
            /// e = target - y
            /// loss = max(q * e, (q - 1) * e)
            """);
        text.ShouldContain("/// ∂y = ");
        text.ShouldContain("Details = \"set of equations of the loss Pinball: the one with hash ");
        text.ShouldContain("; set of numbers of the loss Pinball: q = 0.95\"");
    }

    /// <summary>A loss of classes has what a loss of classes that ships has: integer targets, classes, probabilities.</summary>
    [Fact]
    public void ALossOfClassesPredictsClasses()
    {
        string model = Model.Replace("[Gru", "[Loss<Own>]\n[Gru", StringComparison.Ordinal);
        Compilation output = Compiler.Generate(Compiler.Create(Declared(File.ReadAllText(Path.Combine(Repository.Root, "src/RnnGen.Generator/Losses/Focal.loss")).TrimEnd(), "Own") + model)).Output;
        INamedTypeSymbol type = output.GetTypeByMetadataName("M")!;
        type.GetMembers("PredictClasses").ShouldNotBeEmpty();
        type.GetMembers("PredictProbabilities").ShouldNotBeEmpty();
        type.AllInterfaces.First(i => i.Name == "IRnnModel").TypeArguments[3].SpecialType.ShouldBe(SpecialType.System_Int32);
        Compiler.Analyze(output).ShouldAllBe(d => d.Severity == DiagnosticSeverity.Info);
    }

    /// <summary>Whatever a user calls a value, the code has a name for it.</summary>
    [Fact]
    public void NamesOfTheGeneratedCodeCanBeNamesOfEquations()
    {
        string[] names = ["class", "row", "sum", "scale", "output", "adjoint", "targets", "offset", "weight", "float", "a", "j", "max_", "dy", "λ", "Math", "field", "x", "value", "e", "size", "ref", "v1", "losses", "first"];
        string equations = string.Join("\n", names.Select((n, i) => $"{n} = tanh({(i == 0 ? "y - target" : names[i - 1])})")) + $"\nloss = {names[^1]} * {names[^1]}";
        foreach (string precision in (string[])["Single", "Double"])
        {
            Compiler.Compile(Declared(equations, "Odd").Replace("public", "internal", StringComparison.Ordinal) + Model.Replace("[Gru", "[Loss<Odd>]\n[Gru", StringComparison.Ordinal)
                .Replace("BatchSize", $"Precision = Precision.{precision}, BatchSize", StringComparison.Ordinal).Replace("public", "internal", StringComparison.Ordinal));
        }
    }

    /// <summary>What the generator caches on holds the equations, wherever they are written.</summary>
    [Fact]
    public void AnEditOfALossInAnotherFileRegeneratesItsModel()
    {
        CSharpCompilation compilation = Compiler.Create(Model.Replace("[Gru", "[Loss<L>]\n[Gru", StringComparison.Ordinal), "[Loss(\"d = y - target; loss = d * d\")] public sealed class L : ILoss;");
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        Text(driver).ShouldContain("sum += d * d;");
        SyntaxTree tree = compilation.SyntaxTrees[1];
        CSharpCompilation edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace("d * d", "abs(d)", StringComparison.Ordinal))));
        driver = driver.RunGenerators(edited);
        Text(driver).ShouldContain("sum += float.Abs(d);");
        SyntaxTree again = edited.SyntaxTrees[1];
        driver = driver.RunGenerators(edited.ReplaceSyntaxTree(again, again.WithChangedText(SourceText.From(again + "\n// a comment"))));
        driver.GetRunResult().Results.Single().TrackedSteps[RnnModelGenerator.Steps.Models].SelectMany(s => s.Outputs)
            .ShouldAllBe(o => o.Reason == IncrementalStepRunReason.Unchanged || o.Reason == IncrementalStepRunReason.Cached);

        static string Text(GeneratorDriver driver) => driver.GetRunResult().Results.Single().GeneratedSources.First(s => s.HintName == "M.g.cs").SourceText.ToString();
    }

    /// <summary>
    /// Random losses: gradients against the five-point stencil, at every vector width, rows alone as in a batch; in single precision against double precision.
    /// RNNGEN_FUZZ_LOSSES says how many.
    /// </summary>
    [Fact]
    public void RandomLossesHaveTheirGradients()
    {
        int count = Tiers.Count("RNNGEN_FUZZ_LOSSES", quick: 24, @long: 500);
        int first = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ_FIRST"), out int from) ? from : 0;
        foreach (int[] seeds in Enumerable.Range(first, count).Chunk(24))
        {
            string[] texts = [.. seeds.Select(seed => new LossWriter(seed).Write())];
            Assembly assembly = CompiledCells.Compile(texts.SelectMany((text, i) => new[] { "Double", "Single" }.Select((precision, p) => $$"""
                {{(i + p == 0 ? SingleProbe : "")}}
                {{(p == 0 ? Declared(text, $"L{i}") : "")}}
                [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2, BatchSize = 2, Precision = Precision.{{precision}})]
                [Loss<L{{i}}>]
                [Gru(9)]
                public sealed partial class M{{i + (p * texts.Length)}};

                """)));
            for (int i = 0; i < texts.Length; i++)
            {
                string name = $"seed {seeds[i]}:\n{texts[i]}";
                CompiledCells.Result found = CompiledCells.RunAwayFromKinks(assembly, i);
                found.Worst.Distance.ShouldBeLessThan(1e-7, $"{found.Worst.Tensor} of {name}");
                found.Apart.ShouldBe(0, name);
                found.Widths.ShouldBeLessThan(1e-11, name);
                double apart = (double)assembly.GetType("Singles")!.GetMethod("Apart")!
                    .MakeGenericMethod(assembly.GetType($"M{i}")!, assembly.GetType($"M{i + texts.Length}")!).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [seeds[i]], null)!;
                apart.ShouldBeLessThan(2e-4, name);
            }
        }
    }

    private static string Declared(string equations, string name) => $$""""
        [Loss("""
        {{string.Join("\n", equations.Split('\n').Select(l => l.TrimEnd('\r')))}}
        """)]
        public sealed class {{name}} : ILoss;

        """";

    [GeneratedRegex("\n *(Specification|Details) = .*")]
    private static partial Regex Saved();

    // How far gradients and loss of a model in single precision are from those in double precision, at the worst width, by the size of the gradient.
    private const string SingleProbe = """
        public static class Singles
        {
            public static double Apart<TDouble, TSingle>(int seed) where TDouble : IRnnModel<TDouble, double, double, double> where TSingle : IRnnModel<TSingle, float, float, float>
            {
                const int count = 3;
                ModelLayout layout = TDouble.Layout;
                var random = new System.Random(seed);
                float[] Draw(int length, double scale) => System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Select(System.Linq.Enumerable.Range(0, length), _ => (float)(scale * (2 * random.NextDouble() - 1))));
                double[] Wide(float[] values) => System.Array.ConvertAll(values, v => (double)v);
                float[] parameters = Draw(layout.ParameterCount, 0.6), inputs = Draw(count * layout.InputLength, 1), targets = Draw(count * layout.TargetLength, 1), found = new float[layout.ParameterCount];
                double[] expected = new double[layout.ParameterCount];
                TDouble reference = TDouble.Create(1);
                TSingle model = TSingle.Create(1);
                reference.SetParameters(Wide(parameters));
                model.SetParameters(parameters);
                double loss = reference.ComputeGradients(Wide(inputs), Wide(targets), count, expected), worst = 0;
                double size = System.Math.Sqrt(System.Linq.Enumerable.Sum(expected, v => v * v));
                System.Reflection.PropertyInfo width = typeof(TSingle).GetProperty("VectorWidth")!;
                var widest = (VectorWidth)width.GetValue(model)!;
                foreach (VectorWidth narrow in new[] { VectorWidth.V128, VectorWidth.V256, VectorWidth.V512 })
                {
                    if (narrow > widest) continue;
                    width.SetValue(model, narrow);
                    double single = model.ComputeGradients(inputs, targets, count, found);
                    worst = System.Math.Max(worst, System.Math.Abs(single - loss) / (1 + System.Math.Abs(loss)));
                    double apart = 0;
                    for (int i = 0; i < found.Length; i++) apart += (found[i] - expected[i]) * (found[i] - expected[i]);
                    worst = System.Math.Max(worst, System.Math.Sqrt(apart) / (1e-2 + size));
                    if (double.IsNaN(single) || double.IsNaN(apart)) return double.PositiveInfinity;
                }

                return worst;
            }
        }

        """;
}
