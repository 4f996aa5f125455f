using System.Text.Json;
using RnnGen.Runtime;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>
/// What the formats' own software computed of our exports and of other files: RTNeural, NeuralAmpModelerCore and TorchSharp loaded them and played them, by the programs in tests/golden/players. The exports of today are the
/// files that were played, byte for byte; the models predict, and the files that are read compute, what came out.
/// </summary>
public sealed class PlayerTests(ITestOutputHelper output)
{
    // Players compute in float.
    private const double Bound = 1e-6;

    private static readonly string s_golden = Path.Combine(Repository.Root, "tests", "golden");

    private static readonly Dictionary<string, Exported> s_exports = new()
    {
        ["players/rtneural-lstms.json"] = Exported.Of<PlainLstm, float, float>(RTNeuralExport.ToBytes, static m => m.CreateState()),
        ["players/rtneural-mixed.json"] = Exported.Of<MixedCapture, float, float>(RTNeuralExport.ToBytes, static m => m.CreateState()),
        ["players/rtneural-grus.json"] = Exported.Of<SkippingGru, float, float>(RTNeuralExport.ToBytes, static m => m.CreateState()),
        ["players/guitarml-lstms.json"] = Exported.Of<PlainLstm, float, float>(GuitarMLExport.ToBytes, static m => m.CreateState()),
        ["players/guitarml-grus.json"] = Exported.Of<SkippingGru, float, float>(GuitarMLExport.ToBytes, static m => m.CreateState()),
        ["players/lstms.nam"] = Exported.Of<PlainLstm, float, float>(NamExport.ToBytes, static m => m.CreateState()),
        ["players/states.nam"] = Exported.Of<NamCapture, float, float>(NamExport.ToBytes, static m => m.CreateState()),
        ["players/torchsharp-stack.dat"] = Exported.Of<TwoLstms, float, float>(TorchSharpExport.ToBytes, static m => m.CreateState(), new() { Activations = new Dictionary<string, Activation> { ["dense.0"] = Activation.Relu } }),
        ["players/torchsharp-both-ways.dat"] = Exported.Of<BothWays, float, int>(TorchSharpExport.ToBytes, null, new() { Architecture = Architecture.ManyToOne, Activations = new Dictionary<string, Activation> { ["dense.0"] = Activation.Tanh } }),
        ["players/torchsharp-plain.dat"] = Exported.Of<PlainRnn, float, float>(TorchSharpExport.ToBytes, null, new() { Activations = new Dictionary<string, Activation> { ["rnn.0"] = Activation.Relu, ["head"] = Activation.Sigmoid } }),
        ["players/torchsharp-tokens.dat"] = Exported.Of<Tokens, int, int>(TorchSharpExport.ToBytes, static m => m.CreateState()),
    };

    public static TheoryData<string> Exports => [.. s_exports.Keys];

    public static TheoryData<string> Files => [.. Played().Select(static p => p.File).Distinct()];

    [Theory]
    [MemberData(nameof(Exports))]
    public void AnExportIsTheFileThatWasPlayed(string file)
    {
        string path = Path.Combine(s_golden, file);
        if (Environment.GetEnvironmentVariable("RNNGEN_ACCEPT_SNAPSHOTS") == "1")
        {
            File.WriteAllBytes(path, s_exports[file].File);
        }

        s_exports[file].File.ShouldBe(File.ReadAllBytes(path));
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void APlayerComputesWhatTheModelPredicts(string file)
    {
        List<Recording> recordings = [.. Played().Where(p => p.File == file)];
        recordings.ShouldNotBeEmpty();
        recordings.ForEach(played => Holds(played, s_exports[file].Predict(played.Inputs)));
    }

    /// <summary>Each file that a player loaded, ours and others, is read and computes the same.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void AFileThatIsReadComputesWhatThePlayerDoes(string file)
    {
        ForeignModel model = ForeignFile.Read(Path.Combine(s_golden, file), s_exports.TryGetValue(file, out Exported? export) ? export.Options : new ImportOptions());
        foreach (Recording played in Played().Where(p => p.File == file))
        {
            Holds(played, model.Run(played.Inputs, played.Inputs.Length / model.InputSize));
        }
    }

    private void Holds(Recording played, double[] found)
    {
        found.Length.ShouldBe(played.Outputs.Length);
        double difference = found.Zip(played.Outputs, static (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"{played.File} in {played.Player}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(Bound, played.Player);
    }

    private static IEnumerable<Recording> Played()
    {
        foreach ((string list, string folder) in ((string, string)[])[("players.json", ""), ("torchsharp.json", "players/")])
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_golden, "players", list)));
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                yield return new Recording(folder + item.GetProperty("file").GetString(), item.GetProperty("player").GetString()!, Numbers(item, "inputs"), Numbers(item, "outputs"));
            }
        }
    }

    private static double[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(static e => e.GetDouble())];

    /// <summary>What came out of a player.</summary>
    private sealed record Recording(string File, string Player, double[] Inputs, double[] Outputs);

    /// <summary>A model whose parameters are drawn, as a file and as what it predicts.</summary>
    private sealed record Exported(byte[] File, ImportOptions Options, Func<double[], double[]> Predict)
    {
        /// <param name="export">The format.</param>
        /// <param name="stream">Null for a model that reads a whole sequence.</param>
        /// <param name="options">What the format does not say.</param>
        public static Exported Of<TModel, TInput, TTarget>(Func<DeclaredModel, byte[]> export, Func<TModel, StreamState<float, TInput, TTarget>>? stream, ImportOptions? options = null)
            where TModel : class, IRnnModel<TModel, float, TInput, TTarget>
            where TInput : unmanaged
            where TTarget : unmanaged
        {
            TModel model = Drawn.Model<TModel, float, TInput, TTarget>();
            return new(export(DeclaredModel.Of(model)), options ?? new ImportOptions(), inputs =>
            {
                TInput[] sequence = (TInput[])(typeof(TInput) == typeof(int) ? (object)Array.ConvertAll(inputs, static x => (int)x) : Array.ConvertAll(inputs, static x => (float)x));
                float[] outputs = new float[stream is null ? TModel.Layout.OutputLength : inputs.Length / TModel.Layout.InputStep * TModel.Layout.OutputLength / TModel.Layout.OutputSteps];
                if (stream is null)
                {
                    model.PredictBatch(sequence, outputs, 1);
                }
                else
                {
                    stream(model).Process(sequence, outputs);
                }

                return Array.ConvertAll(outputs, static y => (double)y);
            });
        }
    }
}
