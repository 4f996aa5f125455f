using System.Text.Json;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Cells of a user's own as they run: compiled in memory, stacked in two layers, their gradients in double against a five-point stencil.</summary>
public sealed class CompiledCellTests
{
    private const string CoupledGate = """
        f  = sigmoid(W x + U h + b)
        g  = tanh(W x + U h + b)
        c' = f * c + (1 - f) * g
        h' = sigmoid(W x + b) * tanh(c')
        """;

    /// <summary>Output and state apart, a weight used twice, sums of three biases, a state that nothing reads, names of C# and of the kernels.</summary>
    private const string Corners = """
        bias  e
        int   = sigmoid(W x + U h + b + d + e)
        row   = tanh(W_int x + U h + b_int)
        h'    = int * h + (1 - int) * row
        s'    = h
        z'    = row * s
        y     = h' * s' + z' - row
        output y
        """;

    // Every function, away from kinks and steps.
    private const string Functions = """
        number k = 0.7
        vector p, q

        a  = softplus(W x + U h + b) + sqrt(p * p + 1) / (2 + sin(h))
        e  = exp(-abs(sin(W x) - 3)) * cos(U h + b) + log(1 + q * q)
        s  = max(min(a, e * k + 9), -0.3 * h - 9) + relu(e + 9) - relu(e - 9)
        t  = select(a > -1, elu(-1.5 - a), h) + gelu(h + p)
        u' = sigmoid(s) * t + (1 - sigmoid(s)) * u
        h' = select(u <= 90, tanh(u'), u' * k) - e / (3 + t * t)
        """;

    [Fact]
    public void GradientsMatchTheStencil()
    {
        string[] cells = [CoupledGate, CellTexts.PeepholeLstm, Functions, CellTexts.ResetBeforeGru, CellTexts.Normed, CellTexts.Deep, Corners, CellTexts.Delays, CellTexts.ProjectedLstm, CellTexts.Widths];
        MatchTheStencil([.. cells.Select(CompiledCells.Cell.Of)], 9, "ManyToMany", layers: 1);
    }

    [Fact]
    public void GradientsOfTwoLayersMatchTheStencil()
    {
        string[] cells = [CoupledGate, Corners, CellTexts.Deep, CellTexts.Widths];
        MatchTheStencil([.. cells.Select(CompiledCells.Cell.Of)], 19, "ManyToOne", layers: 2);
    }

    /// <summary>Everything else of a model works with a cell of a user's own: both directions, learned states, decoders with attention and without, recomputation, pooling, residuals.</summary>
    [Fact]
    public void TheRestOfAModelWorksWithThem()
    {
        string[] cells = [CoupledGate, CellTexts.ResetBeforeGru, CellTexts.Normed, Corners, CellTexts.Widths];
        string declarations = string.Concat(cells.Select((text, i) => CompiledCells.Cell.Of(text, i).Declaration));
        (string Model, string Layers)[] models =
        [
            ("Architecture.ManyToMany, SequenceLength = 4, BatchSize = 2", "[Recurrent<C0>(9, Bidirectional = true)] [Recurrent<C1>(5, Bidirectional = true)]"),
            ("Architecture.ManyToOne, SequenceLength = 4, BatchSize = 2", "[Recurrent<C2>(9, Bidirectional = true)] [Recurrent<C3>(5, Bidirectional = true)]"),
            ("Architecture.ManyToMany, SequenceLength = 4, InitialState = InitialState.Learned, BatchSize = 2", "[Recurrent<C1>(9)] [LayerNorm] [Recurrent<C0>(9, Residual = true)] [Dense(4, Activation = Activation.Tanh)]"),
            ("Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, BatchSize = 2", "[Recurrent<C1>(9)] [Decoder] [Recurrent<C1>(9)]"),
            ("Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, BatchSize = 2", "[Recurrent<C3>(9)] [Decoder(Attention = Attention.Additive)] [Recurrent<C2>(7)] [Recurrent<C3>(6)]"),
            ("Architecture.ManyToMany, SequenceLength = 6, RecomputeEvery = 2, BatchSize = 2", "[Recurrent<C2>(9)] [Recurrent<C1>(17)]"),
            ("Architecture.ManyToMany, SequenceLength = 6, RecomputeEvery = 2, InitialState = InitialState.Learned, BatchSize = 2", "[Recurrent<C4>(9, Numbers = \"P = 11\")] [ProjectedLstm(17, Projection = 3)]"),
            ("Architecture.ManyToOne, SequenceLength = 4, BatchSize = 2", "[ProjectedLstm(9, Projection = 17, Bidirectional = true)] [Recurrent<C4>(5, Bidirectional = true)]"),
            ("Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, BatchSize = 2", "[ProjectedLstm(9, Projection = 4)] [Decoder] [ProjectedLstm(9, Projection = 4)]"),
            ("Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, BatchSize = 2", "[ProjectedLstm(9, Projection = 4)] [Decoder(Attention = Attention.Additive)] [Recurrent<C4>(7)] [ProjectedLstm(6, Projection = 9)]"),
            ("Architecture.ManyToOne, SequenceLength = 5, Pooling = Pooling.Mean, BatchSize = 2", "[Recurrent<C3>(9)] [Recurrent<C1>(9, Residual = true)]"),
        ];
        CompiledCells.MatchTheStencil(declarations, models);
    }

    /// <summary>Each cell that ships as a file of equations, at sizes of one block and of several.</summary>
    [Theory]
    [InlineData(19, "ManyToOne")]
    public void ShippedCellsMatchTheStencil(int size, string architecture) =>
        MatchTheStencil([.. Shipped.Select(name => new CompiledCells.Cell("", name) { Arguments = name == "SLstm" ? $", Heads = {size}" : "" })], size, architecture, layers: 1);

    /// <summary>Each against PyTorch's autograd over the same cell, written by hand after its paper: tests/golden/make_cells.py.</summary>
    [Fact]
    public void ShippedCellsMatchPyTorch()
    {
        System.Reflection.Assembly assembly = CompiledCells.Compile(Shipped.Select((name, i) => $$"""
            [RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 5, OutputSize = 2, BatchSize = 3, Precision = Precision.Double)]
            [{{name}}(6{{(name == "ProjectedLstm" ? ", Projection = 4" : name == "SLstm" ? ", Heads = 3" : "")}})]
            public sealed partial class M{{i}};

            """));
        for (int i = 0; i < Shipped.Length; i++)
        {
            JsonElement golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/golden/cells", Shipped[i] + ".json"))).RootElement;
            Dictionary<string, double[]> parameters = golden.GetProperty("parameters").EnumerateObject().ToDictionary(p => p.Name, p => Numbers(p.Value));
            var given = (Dictionary<string, double[]>)CompiledCells.Call(assembly, "Give", i, [parameters, Numbers(golden.GetProperty("inputs")), Numbers(golden.GetProperty("targets")), 3])!;
            Distance(given["outputs"], Numbers(golden.GetProperty("outputs"))).ShouldBeLessThan(1e-10, Shipped[i]);
            given["loss"][0].ShouldBe(golden.GetProperty("loss").GetDouble(), 1e-10, Shipped[i]);
            foreach (JsonProperty gradient in golden.GetProperty("gradients").EnumerateObject())
            {
                Distance(given[gradient.Name], Numbers(gradient.Value)).ShouldBeLessThan(1e-10, $"{Shipped[i]} {gradient.Name}");
            }
        }
    }

    /// <summary>All cells that ship besides PyTorch's own; each has an attribute of its file's name.</summary>
    private static string[] Shipped { get; } = [.. typeof(CellLibrary).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith(".cell", StringComparison.Ordinal) && char.IsUpper(n[0])).Select(n => n[..^5]).Order(StringComparer.Ordinal)];

    [Fact]
    public void EveryShippedCellHasItsAttributeAndNumbers()
    {
        Directory.GetFiles(Path.Combine(Repository.Root, "tests/golden/cells")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ShouldBe(Shipped);
        foreach (string name in Shipped)
        {
            Type attribute = typeof(RecurrentLayerAttribute).Assembly.GetType($"RnnGen.{name}Attribute").ShouldNotBeNull(name);
            var instance = (RecurrentLayerAttribute)Activator.CreateInstance(attribute, 7)!;
            instance.Size.ShouldBe(7);
            foreach (CellNumber number in CellLibrary.Find(name).Numbers)
            {
                attribute.GetProperty($"{char.ToUpperInvariant(number.Name[0])}{number.Name[1..]}")!.GetValue(instance).ShouldBe(number.Value, name);
            }

            if (CellLibrary.Find(name).Heads is { } heads)
            {
                attribute.GetProperty("Heads")!.GetValue(instance).ShouldBe(heads, name);
            }

            foreach ((string width, int size) in CellLibrary.Find(name).Widths)
            {
                attribute.GetProperty(width)!.GetValue(instance).ShouldBe(size, name);
            }
        }
    }

    /// <summary>
    /// Random cells that are well-typed: RNNGEN_FUZZ_CELLS=2000 RNNGEN_FUZZ_LOG=cells.txt dotnet test tests/RnnGen.Generator.Tests --filter RandomCells. The file says how far
    /// it is; a failure names its seed, and RNNGEN_FUZZ_SEED begins there.
    /// </summary>
    [Fact]
    public void RandomCellsMatchTheStencil()
    {
        const int batch = 8;
        int count = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ_CELLS"), out int wanted) ? wanted : batch;
        int first = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ_SEED"), out int seed) ? seed : 1;
        string? log = Environment.GetEnvironmentVariable("RNNGEN_FUZZ_LOG");
        List<string> failures = [];
        int passed = 0;
        foreach (int[] seeds in Enumerable.Range(first, count).Chunk(batch))
        {
            int size = 3 + (seeds[0] * 7 % 18);
            string[] cells = [.. seeds.Select(at => Sound(at, size))];
            try
            {
                foreach (((CompiledCells.Result result, string cell), int at) in CompiledCells.Check([.. cells.Select(CompiledCells.Cell.Of)], size, inputs: 2, steps: 3).Zip(cells).Zip(seeds))
                {
                    // Not below either, where it is no number.
                    bool holds = result.Worst.Distance < 1e-6 && result.Apart == 0 && result.Widths < 1e-11;
                    passed += holds ? 1 : 0;
                    if (!holds)
                    {
                        failures.Add(FormattableString.Invariant($"seed {at}, size {size}: {result.Worst.Tensor} {result.Worst.Distance}, apart {result.Apart}, widths {result.Widths}, of\n{cell}"));
                    }
                }
            }
            catch (Exception exception)
            {
                failures.Add($"seeds {seeds[0]} to {seeds[^1]}, size {size}: {exception.Message}");
            }

            if (log is not null)
            {
                File.AppendAllText(log, $"up to seed {seeds[^1]}: {passed} passed, {failures.Count} failed\n{string.Concat(failures.TakeLast(1).Select(f => f + "\n"))}");
            }
        }

        failures.ShouldBeEmpty();
        passed.ShouldBe(count);
    }

    // Of a cell in which a parameter cancels out, which is rejected, another is taken. Every third has heads, where there is something to divide into them.
    private static string Sound(int seed, int size)
    {
        string text = new CellWriter(seed, isSmooth: true).Write();
        int[] divisors = [.. Enumerable.Range(1, size).Where(d => size % d == 0)];
        string headed = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"heads = {divisors[seed % divisors.Length]}\n{text}");
        string[] sound = [.. ((string[])(seed % 3 == 0 ? [headed, text] : [text])).Where(t => CellLimits.Problem(new CellSource("C", t, EquatableArray<CellNumber>.Empty)) is null)];
        return sound.Length > 0 ? sound[0] : Sound(seed + 1_000_000, size);
    }

    private static void MatchTheStencil(IReadOnlyList<CompiledCells.Cell> cells, int size, string architecture, int layers)
    {
        foreach ((CompiledCells.Result result, CompiledCells.Cell cell) in CompiledCells.Check(cells, size, architecture: architecture, layers: layers).Zip(cells))
        {
            result.Worst.Distance.ShouldBeLessThan(1e-7, $"{result.Worst.Tensor} of {cell}");
            result.Apart.ShouldBe(0, $"{cell}");
            result.Widths.ShouldBeLessThan(1e-11, $"{cell}");
        }
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    private static double Distance(double[] a, double[] b)
    {
        a.Length.ShouldBe(b.Length);
        double norm = Math.Sqrt(a.Sum(v => v * v)) + Math.Sqrt(b.Sum(v => v * v));
        return Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()) / Math.Max(norm, 1e-300);
    }
}
