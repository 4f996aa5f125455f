using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Compiles cells in memory, with a model each, and holds the gradients of the models against differences of their losses.</summary>
internal static class CompiledCells
{
    /// <summary>What is found of one cell's model.</summary>
    /// <param name="Gradients">Per parameter tensor, entries of the gradient, and the same by the five-point stencil.</param>
    /// <param name="Apart">How far the outputs of each sequence alone are from those in a batch.</param>
    /// <param name="Widths">How far gradients of narrower vectors are from those of the widest.</param>
    internal sealed record Result(IReadOnlyDictionary<string, (double[] Analytic, double[] Numeric)> Gradients, double Apart, double Widths)
    {
        // The stencil's own rounding is about 1e-13 an entry: what is far below this cannot be held against its own size.
        private const double Noise = 1e-5;

        /// <summary>The worst ‖a−n‖/(‖a‖+‖n‖+1e-5), and of which tensor.</summary>
        public (double Distance, string Tensor) Worst => Gradients
            .Select(g => (Distance(g.Value.Analytic, g.Value.Numeric), g.Key))
            .OrderByDescending(d => double.IsNaN(d.Item1) ? double.PositiveInfinity : d.Item1)
            .First();

        private static double Distance(double[] a, double[] b) => Norm([.. a.Zip(b, (x, y) => x - y)]) / (Norm(a) + Norm(b) + Noise);

        private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));
    }

    /// <summary>A cell as a model's layer.</summary>
    /// <param name="Declaration">The class that has its equations; empty for a cell that ships.</param>
    /// <param name="Attribute">What stands before the size: <c>Lstm</c>, <c>Recurrent&lt;C0&gt;</c>.</param>
    internal sealed record Cell(string Declaration, string Attribute)
    {
        /// <summary>What stands behind the size.</summary>
        public string Arguments { get; init; } = "";

        public static Cell Of(string text, int index) => new($$""""
            [Cell("""
            {{string.Join("\n", text.Split('\n').Select(l => l.TrimEnd('\r')))}}
            """)]
            public sealed class C{{index}} : ICell;

            """", $"Recurrent<C{index}>");
    }

    /// <summary>Runs each cell in a model of one layer or two, at awkward sizes, over sequences of different length.</summary>
    public static IReadOnlyList<Result> Check(IReadOnlyList<Cell> cells, int size = 9, int inputs = 3, int steps = 4, string architecture = "ManyToMany", int layers = 1)
    {
        Assembly assembly = Compile(cells.Select((cell, i) => $$"""
            {{cell.Declaration}}
            [RnnModel(Architecture.{{architecture}}, InputSize = {{inputs}}, SequenceLength = {{steps}}, OutputSize = 2, BatchSize = 2, Precision = Precision.Double)]
            [{{cell.Attribute}}({{size}}{{cell.Arguments}})]
            {{(layers == 1 ? "" : $"[{cell.Attribute}({size - 2}{cell.Arguments})]")}}
            public sealed partial class M{{i}};

            """));
        return Run(assembly, cells.Count);
    }

    /// <summary>Compiles models of several kinds, and holds each against the stencil, one sequence against a batch, and narrow vectors against wide ones.</summary>
    /// <param name="declarations">The classes of their cells.</param>
    /// <param name="models">What the attribute of the model says first, and its layers.</param>
    public static void MatchTheStencil(string declarations, (string Model, string Layers)[] models)
    {
        Assembly assembly = Compile(models.Select((m, i) => $$"""
            {{(i == 0 ? declarations : "")}}
            [RnnModel({{m.Model}}, InputSize = 3, OutputSize = 2, Precision = Precision.Double)]
            {{m.Layers}}
            public sealed partial class M{{i}};

            """));
        foreach ((Result result, (string model, string layers)) in Run(assembly, models.Length).Zip(models))
        {
            result.Worst.Distance.ShouldBeLessThan(1e-7, $"{result.Worst.Tensor} of {model} {layers}");
            result.Apart.ShouldBe(0, $"{model} {layers}");
            result.Widths.ShouldBeLessThan(1e-11, $"{model} {layers}");
        }
    }

    /// <summary>Runs models M0, M1, …</summary>
    public static IReadOnlyList<Result> Run(Assembly assembly, int count) => Run(assembly, 0, count);

    /// <summary>Runs some models from the one of this number on.</summary>
    public static IReadOnlyList<Result> Run(Assembly assembly, int first, int count) => [.. Enumerable.Range(first, count).Select(i =>
    {
        object?[] arguments = [i + 1, null, null];
        var gradients = (Dictionary<string, (double[], double[])>)Call(assembly, "Run", i, arguments)!;
        return new Result(gradients, (double)arguments[1]!, (double)arguments[2]!);
    })];

    /// <summary>Runs a model with numbers at which its loss has no kink; those of a seed may lie within the stencil of one.</summary>
    public static Result RunAwayFromKinks(Assembly assembly, int model)
    {
        for (int seed = model + 1; ; seed += 1000)
        {
            object?[] arguments = [seed, null, null];
            try
            {
                return new Result((Dictionary<string, (double[], double[])>)Call(assembly, "Run", model, arguments)!, (double)arguments[1]!, (double)arguments[2]!);
            }
            catch (InvalidOperationException exception) when (exception.Message.EndsWith("at a kink.", StringComparison.Ordinal) && seed < 10_000)
            {
                // With others.
            }
        }
    }

    /// <summary>Compiles models M0, M1, … in memory.</summary>
    /// <param name="probe">What is compiled with them, and calls them.</param>
    public static Assembly Compile(IEnumerable<string> models, string probe = Probe)
    {
        string[] sources = [.. models];
        (Compilation output, GeneratorRunResult generated) = Compiler.Generate(Compiler.Create(string.Concat(sources) + probe));
        generated.Exception.ShouldBeNull();
        if (generated.GeneratedSources.Count(s => s.HintName.StartsWith('M')) < 2 * sources.Length)
        {
            string.Join("\n", Compiler.Analyze(output).Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())).ShouldBe("");
        }

        return Load(output);
    }

    /// <summary>An assembly of a compilation without errors.</summary>
    public static Assembly Load(Compilation compilation)
    {
        using MemoryStream stream = new();
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = compilation.Emit(stream);
        string.Join("\n", emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)).ShouldBe("");

        // It goes when nothing is left of it, so that a long run of the fuzzer keeps no more than it needs.
        stream.Position = 0;
        return new System.Runtime.Loader.AssemblyLoadContext("cells", isCollectible: true).LoadFromStream(stream);
    }

    /// <summary>Calls a method of the probe for a model.</summary>
    public static object? Call(Assembly assembly, string method, int model, object?[] arguments) => assembly.GetType("Probe")!.GetMethod(method)!
        .MakeGenericMethod(assembly.GetType($"M{model.ToString(CultureInfo.InvariantCulture)}")!)
        .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    // In the compilation itself, where the model's types are known.
    public const string Probe = """
        public static class Probe
        {
            public static System.Collections.Generic.Dictionary<string, (double[], double[])> Run<TModel>(int seed, out double apart, out double widths) where TModel : IRnnModel<TModel, double, double, double>
            {
                const int count = 3;
                var random = new System.Random(seed);
                double[] Draw(int length, double scale)
                {
                    var values = new double[length];
                    for (int i = 0; i < length; i++) values[i] = scale * (2 * random.NextDouble() - 1);
                    return values;
                }

                ModelLayout layout = TModel.Layout;
                TModel model = TModel.Create(seed);
                double[] parameters = Draw(layout.ParameterCount, 0.6), inputs = Draw(count * layout.InputLength, 1), targets = Draw(count * layout.TargetLength, 1);
                if (layout.AreCounts) targets = System.Array.ConvertAll(targets, System.Math.Abs); // a count is not negative
                model.SetParameters(parameters);
                var gradients = new double[layout.ParameterCount];
                int longest = layout.SequenceLength;
                int[] lengths = longest == 1 ? new[] { 1, 1, 1 } : new[] { longest, longest - 1, System.Math.Max(1, longest - 2) };
                double loss = model.ComputeGradients(inputs, targets, count, gradients, lengths);
                widths = 0;
                System.Reflection.PropertyInfo width = typeof(TModel).GetProperty("VectorWidth")!;
                foreach (VectorWidth narrow in new[] { VectorWidth.V128, VectorWidth.V256 })
                {
                    object widest = width.GetValue(model)!;
                    if (narrow < (VectorWidth)widest)
                    {
                        width.SetValue(model, narrow);
                        var others = new double[layout.ParameterCount];
                        model.ComputeGradients(inputs, targets, count, others, lengths);
                        for (int i = 0; i < others.Length; i++) widths = System.Math.Max(widths, System.Math.Abs(others[i] - gradients[i]));
                        width.SetValue(model, widest);
                    }
                }

                double Loss(int index, double shift)
                {
                    double kept = parameters[index];
                    parameters[index] = kept + shift;
                    model.SetParameters(parameters);
                    parameters[index] = kept;
                    return model.ComputeLoss(inputs, targets, count, lengths);
                }

                double Slope(int index, double step) => (Loss(index, -2 * step) - 8 * Loss(index, -step) + 8 * Loss(index, step) - Loss(index, 2 * step)) / (12 * step);

                int kinks = 0, entries = 0;
                var result = new System.Collections.Generic.Dictionary<string, (double[], double[])>();
                foreach (ParameterInfo parameter in layout.Parameters)
                {
                    var numeric = new double[parameter.Length];
                    var analytic = new double[parameter.Length];
                    for (int n = 0; n < System.Math.Min(10, parameter.Length); n++)
                    {
                        // The first, the last, and some between.
                        int i = n == 0 ? 0 : n == 1 ? parameter.Length - 1 : random.Next(parameter.Length), at = parameter.Offset + i;
                        analytic[i] = gradients[at];
                        numeric[i] = Slope(at, 1e-3);
                        entries++;

                        // The derivative is what stencils of two steps agree on, whatever the gradient is: a kink within the wider one makes it differ from the finer one.
                        double step = 1e-3, rounding = 4e-15 * (1 + System.Math.Abs(loss)), finer = numeric[i];
                        do
                        {
                            (numeric[i], step) = (finer, step / 4);
                            finer = System.Math.Abs(analytic[i] - numeric[i]) > 1e-11 ? Slope(at, step) : numeric[i];
                        }
                        while (System.Math.Abs(numeric[i] - finer) > 1e-11 + rounding / step && step > 1e-5);

                        if (System.Math.Abs(numeric[i] - finer) > 1e-11 + rounding / step)
                        {
                            analytic[i] = numeric[i] = 0;
                            kinks++;
                        }
                    }

                    result[parameter.Name] = (analytic, numeric);
                }

                if (20 * kinks > entries) throw new System.InvalidOperationException($"{kinks} of {entries} entries are at a kink.");

                // Alone and in a batch: the same bits.
                model.SetParameters(parameters);
                var together = new double[count * layout.OutputLength];
                model.PredictBatch(inputs, together, count, lengths);
                apart = 0;
                for (int i = 0; i < count; i++)
                {
                    var alone = new double[layout.OutputLength];
                    model.PredictBatch(System.MemoryExtensions.AsSpan(inputs, i * layout.InputLength, layout.InputLength), alone, 1, System.MemoryExtensions.AsSpan(lengths, i, 1));
                    for (int j = 0; j < alone.Length; j++)
                        apart = System.Math.Max(apart, System.Math.Abs(alone[j] - together[i * layout.OutputLength + j]));
                }

                return result;
            }

            // What the model gives for numbers from elsewhere.
            public static System.Collections.Generic.Dictionary<string, double[]> Give<TModel>(System.Collections.Generic.Dictionary<string, double[]> parameters, double[] inputs, double[] targets, int count) where TModel : IRnnModel<TModel, double, double, double>
            {
                ModelLayout layout = TModel.Layout;
                var flat = new double[layout.ParameterCount];
                var gradients = new double[layout.ParameterCount];
                foreach (ParameterInfo parameter in layout.Parameters)
                    parameters[parameter.Name].CopyTo(flat, parameter.Offset);
                TModel model = TModel.Create(1);
                model.SetParameters(flat);
                var result = new System.Collections.Generic.Dictionary<string, double[]> { ["outputs"] = new double[count * layout.OutputLength] };
                model.PredictBatch(inputs, result["outputs"], count);
                result["loss"] = new[] { model.ComputeGradients(inputs, targets, count, gradients) };
                foreach (ParameterInfo parameter in layout.Parameters)
                    result[parameter.Name] = System.MemoryExtensions.AsSpan(gradients, parameter.Offset, parameter.Length).ToArray();
                return result;
            }
        }
        """;
}
