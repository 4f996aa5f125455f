using System.Reflection;
using RnnGen.Generator.Tests.Cells;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>Models whose loss reads several values of the output layer for each target: what is trained, predicted, drawn and streamed of them, on every way through a model.</summary>
public sealed class HeadModelTests
{
    private static readonly string[] s_losses = ["Gaussian", "Laplace", "StudentT", "NegativeBinomial", "Poisson", "Quantile"];

    // Step by step, as a whole, decoded, and in blocks of 32 steps.
    private static readonly string[] s_ways =
    [
        "Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 3|[Gru(5)]",
        "Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2|[Lstm(5)]",
        "Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2|[Gru(5, Bidirectional = true)]",
        "Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 17, Pooling = Pooling.Mean|[Gru(5)]",
        "Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 2|[Gru(5)] [Decoder] [Gru(5)]",
        "Architecture.OneToMany, InputSize = 3, OutputLength = 3, OutputSize = 2|[Decoder] [Gru(5)]",
        "Architecture.ManyToMany, InputSize = 3, SequenceLength = 35, OutputSize = 2|[MinGru(5)]",
        "Architecture.ManyToOne, InputSize = 3, SequenceLength = 35, OutputSize = 3|[MinGru(5)]",
    ];

    public static TheoryData<string> Losses => [.. s_losses];

    [Theory, MemberData(nameof(Losses))]
    public void PredictsTrainsDrawsAndStreams(string loss)
    {
        // The first tier takes another two of the ways for each loss.
        int first = Array.IndexOf(s_losses, loss);
        string[] ways = Tiers.RunsLong ? s_ways : [s_ways[first % s_ways.Length], s_ways[(first + 4) % s_ways.Length]];
        string[] models = [.. ways.SelectMany(way => new[] { "Double", "Single" }.Select(precision => (way, precision))).Select((m, i) => Model(loss, m.way, m.precision, i))];
        Assembly assembly = CompiledCells.Compile(models);
        for (int i = 0; i < models.Length; i++)
        {
            string name = $"{loss}, {ways[i / 2]}";
            if (i % 2 == 0)
            {
                CompiledCells.Result found = CompiledCells.RunAwayFromKinks(assembly, i);
                found.Worst.Distance.ShouldBeLessThan(1e-7, $"{found.Worst.Tensor} of {name}");
                found.Apart.ShouldBe(0, name);
            }

            ((string)assembly.GetType($"P{i}")!.GetMethod("Check")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!).ShouldBe("", name);
        }
    }

    /// <summary>The mean and the variance of many draws are those of the distribution, whose parameters are the biases of an output layer without weights.</summary>
    [Theory]
    [InlineData("Gaussian", new[] { 1.5, 0.4 })]
    [InlineData("Laplace", new[] { 1.5, 0.4 })]
    [InlineData("StudentT", new[] { 1.5, 0.4, 6 })]
    [InlineData("NegativeBinomial", new[] { 4, 1.2 })]
    [InlineData("NegativeBinomial", new[] { 0.5, -1 })]
    [InlineData("Poisson", new[] { 2.0 })]
    [InlineData("Poisson", new[] { -1.0 })]
    [InlineData("Quantile", new[] { -1.0, 0.3, 0.8 })]
    public void DrawsAreOfTheDistribution(string loss, double[] biases)
    {
        Assembly assembly = CompiledCells.Compile([Model(loss, s_ways[0], "Double", 0)]);
        double[] drawn = (double[])assembly.GetType("P0")!.GetMethod("Draw")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [biases, 20_000], null)!;
        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
        double[] p = [.. biases.Select((b, i) => i == 0 && loss != "NegativeBinomial" ? b : Softplus(b))];
        (double mean, double variance) = loss switch
        {
            "Gaussian" => (p[0], p[1] * p[1]),
            "Laplace" => (p[0], 2 * p[1] * p[1]),
            "StudentT" => (p[0], p[1] * p[1] * (2 + p[2]) / p[2]),
            "NegativeBinomial" => (p[0], p[0] + (p[0] * p[0] / p[1])),
            "Poisson" => (Math.Exp(p[0]), Math.Exp(p[0])),
            "Quantile" => OfQuantiles(p[0], p[0] + p[1], p[0] + p[1] + p[2]),
            _ => throw new InvalidOperationException(loss),
        };
        double found = drawn.Average(), spread = drawn.Sum(v => (v - found) * (v - found)) / drawn.Length;
        found.ShouldBe(mean, 5 * Math.Sqrt(variance / drawn.Length));
        spread.ShouldBe(variance, 0.12 * variance);
        if (loss is "NegativeBinomial" or "Poisson")
        {
            drawn.ShouldAllBe(v => v >= 0 && v == Math.Floor(v));
        }

        // A tenth at each end, and two parts of four tenths in which each value is as likely.
        static (double, double) OfQuantiles(double low, double middle, double high)
        {
            double mean = (0.1 * low) + (0.4 * (low + middle) / 2) + (0.4 * (middle + high) / 2) + (0.1 * high);
            double square = (0.1 * low * low) + (0.4 * Square(low, middle)) + (0.4 * Square(middle, high)) + (0.1 * high * high);
            return (mean, square - (mean * mean));
        }

        static double Square(double a, double b) => ((a * a) + (a * b) + (b * b)) / 3;
    }

    /// <summary>After training the next reading is of the weights as they are then, also of those in fewer bits, which a training leaves behind.</summary>
    [Theory, InlineData("Float"), InlineData("Int8"), InlineData("BFloat16")]
    public void AReadingAfterATrainingIsOfTheLatestWeights(string format)
    {
        Assembly assembly = CompiledCells.Compile([$$"""
            [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2, Loss = Loss.Gaussian, PredictionWeights = WeightFormat.{{format}})]
            [Lstm(16)]
            public sealed partial class M0;

            public static class P0
            {
                public static string Check()
                {
                    M0 model = new(1), copy = new(2);
                    float[] x = new float[12], targets = [1, 2, 3, 4, 5, 6, 7, 8], found = new float[16], expected = new float[16], drawn = new float[8], draws = new float[8];
                    System.Array.Fill(x, 0.5f);
                    model.PredictParameters(x, found);
                    model.TrainStep(x, targets, 1, new Adam(0.1));
                    copy.CopyParametersFrom(model);
                    model.PredictParameters(x, found);
                    copy.PredictParameters(x, expected);
                    model.TrainStep(x, targets, 1, new Sgd(0.1));
                    copy.CopyParametersFrom(model);
                    model.Sample(x, drawn, 3);
                    copy.Sample(x, draws, 3);
                    return System.MemoryExtensions.SequenceEqual<float>(found, expected) && System.MemoryExtensions.SequenceEqual<float>(drawn, draws) ? "" : "earlier weights";
                }
            }

            """]);
        ((string)assembly.GetType("P0")!.GetMethod("Check")!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!).ShouldBe("");
    }

    private static string Model(string loss, string way, string precision, int index)
    {
        string[] parts = way.Split('|');
        string number = precision == "Double" ? "double" : "float";
        bool streams = !way.Contains("Bidirectional", StringComparison.Ordinal) && !way.Contains("Decoder", StringComparison.Ordinal);
        (string said, string quantiles) = loss == "Quantile" ? ("t * 3 + 1", "Same(all, model.PredictQuantiles(x), \"quantiles\");") : ("t * k", "");
        return $$"""
            [RnnModel({{parts[0]}}, Loss = Loss.{{loss}}, BatchSize = 2, Precision = Precision.{{precision}})]
            {{parts[1]}}
            public sealed partial class M{{index}};

            public static class P{{index}}
            {
                public static double[] Draw(double[] biases, int count)
                {
                    var model = new M{{index}}(1);
                    var parameters = new {{number}}[M{{index}}.ParameterCount];
                    ParameterInfo bias = System.Linq.Enumerable.Single(M{{index}}.Layout.Parameters, p => p.Name == "head.bias");
                    for (int i = 0; i < bias.Length; i++) parameters[bias.Offset + i] = ({{number}})biases[i % biases.Length];
                    model.SetParameters(parameters);
                    {{number}}[] x = new {{number}}[M{{index}}.Layout.InputLength], y = new {{number}}[M{{index}}.Layout.OutputLength];
                    var drawn = new double[count];
                    for (int i = 0; i < count; i += y.Length)
                    {
                        model.Sample(x, y, i);
                        for (int j = 0; j < y.Length && i + j < count; j++) drawn[i + j] = y[j];
                    }

                    return drawn;
                }

                public static string Check()
                {
                    string faults = "";
                    var model = new M{{index}}(3);
                    ModelLayout layout = M{{index}}.Layout;
                    var random = new System.Random(5);
                    {{number}}[] Drawn(int length) { var values = new {{number}}[length]; for (int i = 0; i < length; i++) values[i] = ({{number}})(2 * random.NextDouble() - 1); return values; }
                    void Same({{number}}[] a, {{number}}[] b, string what) { if (!System.MemoryExtensions.SequenceEqual<{{number}}>(a, b)) faults += what + "; "; }
                    int k = layout.HeadSize / M{{index}}.OutputSize;
                    {{number}}[] x = Drawn(layout.InputLength), y = model.Predict(x), all = model.PredictParameters(x), a = new {{number}}[y.Length], b = new {{number}}[y.Length];
                    if (y.Length != layout.OutputSteps * M{{index}}.OutputSize || all.Length != y.Length * k) faults += "lengths; ";
                    for (int t = 0; t < y.Length; t++) if (!(all[{{said}}] == y[t])) faults += "the prediction is not the parameter; ";
                    {{quantiles}}
                    if ({{(loss == "Quantile" ? "true" : "false")}}) for (int t = 0; t < y.Length; t++) if (!(all[3 * t] <= all[3 * t + 1] && all[3 * t + 1] <= all[3 * t + 2])) faults += "quantiles cross; ";

                    // The same in a batch, for several vector widths, and by the same seed.
                    {{number}}[] xs = Drawn(5 * layout.InputLength), ys = new {{number}}[5 * y.Length];
                    x.CopyTo(xs, 3 * x.Length);
                    model.PredictBatch(xs, ys, 5);
                    Same(y, System.MemoryExtensions.AsSpan(ys, 3 * y.Length, y.Length).ToArray(), "in a batch");
                    model.Sample(x, a, 7);
                    model.Sample(x, b, 7);
                    Same(a, b, "the same seed");
                    model.Sample(x, b, 8);
                    bool differ = false;
                    for (int seed = 8; seed < 30 && !differ; seed++) { model.Sample(x, b, seed); differ = !System.MemoryExtensions.SequenceEqual<{{number}}>(a, b); }
                    if (!differ) faults += "all seeds draw the same; ";

                    // Shorter sequences, whose steps beyond the length are 0.
                    {{(way.Contains("OneToMany", StringComparison.Ordinal) ? "" : $$"""
                        var shorter = System.MemoryExtensions.AsSpan(x, 0, 2 * M{{index}}.InputSize);
                        {{number}}[] ofShorter = model.Predict(shorter, 2), parametersOfShorter = model.PredictParameters(shorter, 2);
                        for (int t = 0; t < y.Length; t++)
                        {
                            bool isThere = layout.IsDecoded || layout.OutputSteps == 1 || t < 2 * M{{index}}.OutputSize;
                            if (isThere ? !(parametersOfShorter[{{said}}] == ofShorter[t]) : !(parametersOfShorter[{{said}}] == 0 && ofShorter[t] == 0)) faults += "a shorter sequence; ";
                        }
                        """)}}

                    {{(!streams ? "" : Streaming(index, loss, number))}}

                    long before = System.GC.GetAllocatedBytesForCurrentThread();
                    model.PredictParameters(x, all);
                    model.Sample(x, a, 7);
                    model.Predict(x, y);
                    if (System.GC.GetAllocatedBytesForCurrentThread() != before) faults += "allocates; ";
                    try { model.PredictParameters(x, y); if (k > 1) faults += "a wrong length; "; } catch (System.ArgumentException) { }

                    {{Formulas(loss, way, number)}}

                    // What is saved and loaded says the same.
                    using (var file = new System.IO.MemoryStream())
                    {
                        model.Save(file);
                        file.Position = 0;
                        Same(all, M{{index}}.Load(file).PredictParameters(x), "what is loaded has other parameters");
                    }

                    // What is learned: some steps, and the loss is lower.
                    {{number}}[] targets = new {{number}}[5 * layout.TargetLength];
                    for (int i = 0; i < targets.Length; i++) targets[i] = i % 3;
                    var optimizer = new Adam(1e-2);
                    double first = model.ComputeLoss(xs, targets, 5);
                    for (int i = 0; i < 30; i++) model.TrainStep(xs, targets, 5, optimizer);
                    if (!(model.ComputeLoss(xs, targets, 5) < first)) faults += "learns nothing; ";
                    return faults;
                }
            }

            """;
    }

    // One stream step by step, the same in blocks, and among others.
    private static string Streaming(int index, string loss, string number)
    {
        (string read, string readOne) = loss == "Quantile" ? ("state.ReadQuantiles(step);", "streams.ReadQuantiles(1, step);") : ("state.ReadParameters(step);", "streams.ReadParameters(1, step);");
        return $$"""
            void Near(System.ReadOnlySpan<{{number}}> a, System.ReadOnlySpan<{{number}}> b, string what) { for (int j = 0; j < a.Length; j++) if (!(System.Math.Abs(a[j] - b[j]) <= 1e-5 * (1 + System.Math.Abs(b[j])))) { faults += what + "; "; return; } }
            void Refused(System.Action reads, string what) { try { reads(); faults += what + "; "; } catch (System.InvalidOperationException e) when (e.Message.Contains("Call Step first")) { } }
            const int Steps = M{{index}}.SequenceLength, Size = M{{index}}.InputSize, Outputs = M{{index}}.OutputSize;
            var state = model.CreateState();
            var streams = model.CreateStreams(3);
            {{number}}[] step = new {{number}}[layout.HeadSize], said = new {{number}}[Outputs], of3 = new {{number}}[3 * Size], said3 = new {{number}}[3 * Outputs], saved = new {{number}}[M{{index}}.State.Length];
            {{number}}[] parametersAt(int t) => System.MemoryExtensions.AsSpan(all, (layout.OutputSteps == 1 ? 0 : t) * step.Length, step.Length).ToArray();
            {{number}}[] saidAt(int t) => System.MemoryExtensions.AsSpan(y, (layout.OutputSteps == 1 ? 0 : t) * Outputs, Outputs).ToArray();
            Refused(() => state.ReadParameters(step), "reads a state before its first step");
            Refused(() => streams.ReadParameters(1, step), "reads a stream before its first step");
            for (int t = 0; t < Steps; t++)
            {
                var at = System.MemoryExtensions.AsSpan(x, t * Size, Size);
                state.Step(at, said);
                {{read}}
                bool isSaid = layout.OutputSteps > 1 || t == Steps - 1;
                if (isSaid) { Near(said, saidAt(t), "a stream predicts otherwise"); Near(step, parametersAt(t), "a stream has other parameters"); }
                at.CopyTo(System.MemoryExtensions.AsSpan(of3, Size));
                long beforeStreams = System.GC.GetAllocatedBytesForCurrentThread();
                streams.Step(of3, said3);
                {{readOne}}
                if (t > 0 && System.GC.GetAllocatedBytesForCurrentThread() != beforeStreams) faults += "streams allocate; ";
                if (isSaid) { Near(System.MemoryExtensions.AsSpan(said3, Outputs, Outputs), saidAt(t), "one of many streams predicts otherwise"); Near(step, parametersAt(t), "one of many streams has other parameters"); }
            }

            // What a copy says is what the stream said; what begins or is restored has said nothing.
            streams.Copy(1, 2);
            streams.ReadParameters(2, step);
            Near(step, parametersAt(Steps - 1), "a copied stream has other parameters");
            streams.Reset(2);
            Refused(() => streams.ReadParameters(2, step), "reads a stream that was reset");
            streams.Save(1, saved);
            streams.Restore(1, saved);
            Refused(() => streams.ReadParameters(1, step), "reads a stream that was restored");
            state.Reset();
            Refused(() => state.ReadParameters(step), "reads a state that was reset");

            // After a block the last of its steps is read.
            var outputs = new {{number}}[Steps * Outputs];
            for (int again = 0; again < 2; again++)
            {
                state.Reset();
                long beforeBlocks = System.GC.GetAllocatedBytesForCurrentThread();
                state.Process(System.MemoryExtensions.AsSpan(x, 0, Size), System.MemoryExtensions.AsSpan(outputs, 0, Outputs));
                state.Process(System.MemoryExtensions.AsSpan(x, Size, (Steps - 1) * Size), System.MemoryExtensions.AsSpan(outputs, Outputs, (Steps - 1) * Outputs));
                state.Process(default, default);
                state.ReadParameters(step);
                if (again > 0 && System.GC.GetAllocatedBytesForCurrentThread() != beforeBlocks) faults += "blocks allocate; ";
            }

            Near(System.MemoryExtensions.AsSpan(outputs, (Steps - 1) * Outputs), saidAt(Steps - 1), "a block predicts otherwise");
            Near(step, parametersAt(Steps - 1), "a block has other parameters");
            var copy = model.CreateState();
            state.CopyTo(copy);
            var ofCopy = new {{number}}[step.Length];
            copy.ReadParameters(ofCopy);
            Same(step, ofCopy, "a copied state has other parameters");
            """;
    }

    // The loss is the formula of what is said of each target; a decoder reads back its predictions where it runs free, and where sampling is certain to. Measures are of the predictions.
    private static string Formulas(string loss, string way, string number)
    {
        bool isDecoded = way.Contains("Decoder", StringComparison.Ordinal);
        string tolerance = number == "double" ? "1e-10" : "1e-5";
        string formula = loss switch
        {
            "Gaussian" => "System.Math.Log(p[1]) + (v - p[0]) * (v - p[0]) / (2 * p[1] * p[1]) + System.Math.Log(2 * System.Math.PI) / 2",
            "Laplace" => "System.Math.Log(2 * p[1]) + System.Math.Abs(v - p[0]) / p[1]",
            "StudentT" => "LogGamma(p[2] / 2) - LogGamma((p[2] + 1) / 2) + System.Math.Log(p[2] * System.Math.PI) / 2 + System.Math.Log(p[1]) + (p[2] + 1) / 2 * System.Math.Log(1 + (v - p[0]) / p[1] * (v - p[0]) / p[1] / p[2])",
            "NegativeBinomial" => "LogGamma(p[1]) + LogGamma(v + 1) - LogGamma(v + p[1]) - p[1] * System.Math.Log(p[1] / (p[0] + p[1])) - v * System.Math.Log(p[0] / (p[0] + p[1]))",
            "Poisson" => "p[0] - v * System.Math.Log(p[0]) + LogGamma(v + 1)",
            "Quantile" => "(Pinball(0.1, v - p[0]) + Pinball(0.5, v - p[1]) + Pinball(0.9, v - p[2])) / 3",
            _ => throw new InvalidOperationException(loss),
        };
        return $$"""
            static double LogGamma(double value) => RnnGen.Runtime.GammaFunctions.Log(value);
            static double Pinball(double q, double e) => System.Math.Max(q * e, (q - 1) * e);
            {{number}}[] aims = new {{number}}[layout.TargetLength];
            for (int i = 0; i < aims.Length; i++) aims[i] = i % 3;
            double expected = 0, squares = 0;
            for (int i = 0; i < aims.Length; i++)
            {
                double[] p = System.Array.ConvertAll(System.MemoryExtensions.AsSpan(all, i * k, k).ToArray(), value => (double)value);
                double v = aims[i];
                expected += ({{formula}}) / aims.Length;
                squares += (y[i] - v) * (y[i] - v) / aims.Length;
            }

            void Expect(double found, double value, string what) { if (!(System.Math.Abs(found - value) <= {{tolerance}} * (1 + System.Math.Abs(value)))) faults += $"{what}: {found}, by the formula {value}; "; }
            Expect(model.{{(isDecoded ? "ComputeFreeRunningLoss" : "ComputeLoss")}}(x, aims, 1), expected, "the loss");
            Expect((double)model.Evaluate(SequenceDataset.FromArrays(x, aims, 1)).Rmse!, System.Math.Sqrt(squares), "the measure");
            {{(!isDecoded ? "" : $"model.ScheduledSampling = 1; Expect(model.ComputeGradients(x, aims, 1, new {number}[layout.ParameterCount]), expected, \"the sampled loss\"); model.ScheduledSampling = 0;")}}
            """;
    }
}
