using System.Reflection;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using Xunit.Abstractions;

namespace RnnGen.Generator.Tests.Cells.Judging;

/// <summary>
/// Cells that the generator compiles, at every vector width of the machine, against an evaluator that is written from docs/cells.md alone: outputs of batches and streams and the loss
/// to 1e-12, gradients against central differences of the judge.
/// </summary>
/// <remarks>
/// <c>RNNGEN_FUZZ_CELLS=2000 RNNGEN_FUZZ_LOG=cells.txt dotnet test -c Release tests/RnnGen.Generator.Tests --filter FullyQualifiedName~JudgeTests</c> runs this number; a failure names its
/// seed, and <c>RNNGEN_FUZZ_SEED</c> begins there.
/// </remarks>
public sealed class JudgeTests(ITestOutputHelper output)
{
    /// <summary>Sums in which terms are repeated, subtracted and shared: each holds as the equation says.</summary>
    private static readonly string[] s_sums =
    [
        """
        bias e
        i  = tanh((W x + b) + (U h + b))
        f  = tanh(W x + b + b + b - d)
        g  = tanh(W x + b - (U h - b)) + tanh(-(W_f x - b) - (b - U h))
        o  = W x + W x + U h - W x + b
        a  = W x + e + U h + e + d + b + d + e_o
        r  = b - b_i + (2 * (W x + b) - (U h + b) * -1 + b)
        z  = b
        h' = tanh(i * f + g * o + a + z * r + b_z + U h + W_z x + z) - b_z * z
        """,
        """
        width  P = 3
        state  h, s[P]
        bias   e[P]
        weight V[P], R
        a  = norm(W x + b) + norm(W x + b)
        s' = tanh(V x + e + e) - (V x + e) - V_a x - e_a
        h' = tanh(R s' + R s - R s' + b + b + mean(W_a x + b_a + b_a) - mean(U h - b - b) + U (a + b) + U (a - b_a) + U h)
        """,
    ];

    /// <summary>Parameters of which one use changes nothing, or a comparison alone, and another is learned.</summary>
    private static readonly string[] s_shared =
    [
        "h' = norm(W x + U h - mean(U h)) + b",
        "h' = tanh(W x + b + norm(U h - mean(U h)))",
        "h' = norm(W x + (U h - mean(U h)) * mean(U h) + b - mean(b)) + mean(b)",
        """
        y  = sigmoid(W x + b)
        h' = y * norm(U h + mean(W_y x) + mean(b_y)) + b_y
        """,
        """
        width  P = 3
        state  h, s[P]
        weight V[P], R
        s' = norm(V x + e - mean(V x)) * (1 + mean(e))
        bias   e[P]
        h' = norm(R s' + W x + b - mean(R s')) + mean(U h) * (b - mean(b)) + U h
        """,
        "h' = tanh(W x + U h + b) * select(U h > 9, 1, 0.5)",
        "h' = tanh(W x + U h + b) * select(b + W x > h + 9, 1, 0.5 + b)",
        """
        vector p
        y  = tanh(W x + U h + p)
        h' = y * (p + norm(U h + mean(p)) - 0.5 * norm(U h)) - (W_y x - W_y x) * p
        """,
    ];

    [Fact]
    public void AParameterIsLearnedThroughWhatIsLeftOfIt() => ShouldHold(s_shared);

    [Fact]
    public void SumsAreWhatTheySay() => ShouldHold(s_sums);

    private static void ShouldHold(string[] cells)
    {
        JudgedModel[] models = [.. cells.Select((s, i) => new JudgedModel(s, 9, new Dictionary<string, double>(), "Tanh", i % 2 == 1, i + 1))];
        Verdict[] verdicts = [.. Judge(models)];
        string.Join("\n", verdicts.Zip(models).SelectMany(v => v.First.Faults.Select(f => $"{f}, of\n{v.Second.Text}"))).ShouldBe("");
        verdicts.Length.ShouldBe(models.Length);
        verdicts.ShouldAllBe(v => v.Derivatives > 4 && v.AtKinks == 0);
    }

    [Fact]
    public void RandomCellsAreWhatTheySay()
    {
        const int batch = 6, usual = 3;
        int count = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ_CELLS"), out int wanted) ? wanted : usual;
        int first = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ_SEED"), out int seed) ? seed : 2; // in the cell of seed 1 terms cancel out, which is an error
        string? log = Environment.GetEnvironmentVariable("RNNGEN_FUZZ_LOG");
        List<string> failures = [], rejected = [];
        int passed = 0, derivatives = 0, kinks = 0, told = 0;
        foreach (int[] seeds in Enumerable.Range(first, count).Chunk(batch))
        {
            List<JudgedModel> models = [];
            foreach (JudgedModel model in seeds.Select(Drawn))
            {
                // As it stands, and with what its layer puts for f.
                if ((CellLimits.Problem(model.Source) ?? CellLimits.Problem(model.Source, Enum.Parse<RnnGen.Generator.Model.Activation>(model.Activation).Function())) is { } problem)
                {
                    rejected.Add($"seed {model.Seed}: {problem.Message}, of\n{model.Text}");
                }
                else
                {
                    models.Add(model);
                }
            }

            foreach ((JudgedModel model, Verdict? verdict, string fault) in Found(models))
            {
                passed += fault.Length == 0 ? 1 : 0;
                derivatives += verdict?.Derivatives ?? 0;
                kinks += verdict?.AtKinks ?? 0;
                if (fault.Length > 0)
                {
                    failures.Add($"seed {model.Seed}: {fault}, of {model.Size} units, {model.Activation}, {string.Join(", ", model.Overrides)},\n{model.Text}");
                }
            }

            if (log is not null)
            {
                File.AppendAllText(log, $"judged up to seed {seeds[^1]}: {passed} passed, {failures.Count} failed, {rejected.Count} rejected\n{string.Concat(failures.Skip(told).Select(f => f + "\n"))}");
                told = failures.Count;
            }
        }

        output.WriteLine($"{passed} passed, {rejected.Count} rejected; {derivatives} derivatives, {kinks} at kinks.");
        string.Join("\n\n", failures).ShouldBe("");
        (passed + rejected.Count).ShouldBe(count);
        rejected.Count.ShouldBeLessThanOrEqualTo(count / 2, string.Join("\n\n", rejected)); // terms of random sums cancel out often, which is an error
        kinks.ShouldBeLessThanOrEqualTo(derivatives / 4);
    }

    private static JudgedModel Drawn(int seed)
    {
        Random random = new(seed);
        CellWriter writer = new(seed, isSmooth: false);
        string text = writer.Write();
        return new JudgedModel(text, 1 + random.Next(20), writer.Overrides, new[] { "Tanh", "Relu", "Sigmoid", "Identity" }[random.Next(4)], random.Next(4) == 0, seed);
    }

    // What does not compile, or throws, is reported with its model.
    private static List<(JudgedModel Model, Verdict? Verdict, string Fault)> Found(IReadOnlyList<JudgedModel> models)
    {
        try
        {
            return [.. Judge(models).Zip(models, (v, m) => (m, (Verdict?)v, string.Join("\n  ", v.Faults)))];
        }
        catch (Exception exception)
        {
            return models.Count == 1 ? [(models[0], null, exception.ToString())] : [.. models.SelectMany(m => Found([m]))];
        }
    }

    private static IEnumerable<Verdict> Judge(IReadOnlyList<JudgedModel> models)
    {
        if (models.Count == 0)
        {
            return [];
        }

        Assembly assembly = CompiledCells.Compile(models.Select((m, i) => m.Declaration(i)), JudgedModel.Probe);
        return models.Select((m, i) => new Verdict(m, assembly, i));
    }
}
