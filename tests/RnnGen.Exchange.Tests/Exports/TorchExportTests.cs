using System.Text.Json;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>State dicts and the Python class that they are of: PyTorch loads them with strict=True and computes what the model predicts.</summary>
public sealed class TorchExportTests(ITestOutputHelper output) : IDisposable
{
    private const double Bound = 1e-5;

    private const int Count = 2;

    // Loads each state dict into its class and runs it.
    private const string Script = """
        import importlib.util, json, sys, torch
        for case in json.load(open(sys.argv[1])):
            spec = importlib.util.spec_from_file_location(case["name"], case["python"])
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            model = getattr(module, case["name"])()
            model.load_state_dict(torch.load(case["state"]), strict=True)
            x = torch.tensor(case["inputs"], dtype=getattr(torch, case["type"])).reshape(case["shape"])
            with torch.no_grad():
                print(json.dumps(model(x).flatten().tolist()))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-torch-").FullName;

    private readonly List<(string Name, object Case, double[] Expected)> _cases = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TorchFact, Trait(Tiers.Tier, Tiers.Long)]
    public void PyTorchLoadsStrictlyAndComputesTheSame()
    {
        Add<TwoLstms, float, float, float>();
        Add<Normalised, float, float, float>();
        Add<PlainLstm, float, float, float>();
        Add<BothWays, float, float, int>();
        Add<PlainRnn, float, float, float>();
        Add<Tied, float, int, int>();
        Add<Tokens, float, int, int>();
        Add<CausalConvolutions, float, float, float>();
        Add<CentredConvolutions, float, float, float>();
        Add<LearnedStates, float, float, float>();
        Add<Skipping, float, float, float>();
        Add<MeanPooled, float, float, float>();
        Add<MaxPooled, float, float, float>();
        Add<Residuals, float, float, float>();
        Add<ResidualBothWays, float, float, float>();
        Add<InDouble, double, double, double>();
        Add<Unequal, float, float, float>();
        string cases = Path.Combine(_folder, "cases.json");
        File.WriteAllText(cases, JsonSerializer.Serialize(_cases.Select(static c => c.Case)));
        string[] lines = TorchFactAttribute.Run(Script, cases).Trim().Split('\n');
        lines.Length.ShouldBe(_cases.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            double[] found = JsonSerializer.Deserialize<double[]>(lines[i])!;
            found.Length.ShouldBe(_cases[i].Expected.Length, _cases[i].Name);
            double difference = found.Zip(_cases[i].Expected, static (a, b) => Math.Abs(a - b)).Max();
            output.WriteLine($"{_cases[i].Name}: {difference:0.#E+0}");
            difference.ShouldBeLessThan(Bound, _cases[i].Name);
        }
    }

    /// <summary>Unequal layers are a list of modules; equal ones are one.</summary>
    [Fact]
    public void UnequalLayersAreSeveralModules()
    {
        string python = TorchExport.ToPython(DeclaredModel.Of(new Unequal(seed: 1)));
        python.ShouldContain("self.rnn = nn.ModuleList([nn.LSTM(2, 4, num_layers=2, bidirectional=True, batch_first=True), nn.LSTM(8, 5, proj_size=3, batch_first=True), nn.RNN(3, 3, batch_first=True)])");
        ForeignFile.Read(TorchExport.ToBytes(DeclaredModel.Of(new Unequal(seed: 1)))).Tensors.Select(static t => t.Source).ShouldContain("rnn.1.weight_hr_l0");
    }

    [Fact]
    public void EqualModelsAreEqualFiles() => TorchExport.ToBytes(DeclaredModel.Of(new Unequal(seed: 1))).ShouldBe(TorchExport.ToBytes(DeclaredModel.Of(new Unequal(seed: 1))));

    [Fact]
    public void WhatPyTorchDoesNotHaveIsRejectedByItsLayer() =>
        Should.Throw<ExportException>(() => TorchExport.Save(new OtherCells(seed: 1), Path.Combine(_folder, "other.pt"))).Message.ShouldBe(
            "PyTorch cannot say layer 1, PeepholeLstm(4): PyTorch has no module for the cell 'PeepholeLstm'. Export layers of Rnn, Lstm, ProjectedLstm and Gru.");

    private void Add<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = Drawn.Model<TModel, TNumber, TInput, TTarget>();
        DeclaredModel declared = DeclaredModel.Of(model);
        TInput[] inputs = Drawn.Inputs<TInput>(declared, Count * declared.SequenceLength);
        TNumber[] expected = new TNumber[Count * TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, Count);
        string state = Path.Combine(_folder, declared.Name + ".pt");
        TorchExport.Save(model, state);
        _cases.Add((declared.Name, new
        {
            name = declared.Name,
            state,
            python = TorchExport.PythonPath(state),
            inputs,
            type = inputs is int[] ? "int64" : inputs is double[] ? "float64" : "float32",
            shape = inputs is int[] ? (int[])[Count, declared.SequenceLength] : [Count, declared.SequenceLength, declared.InputSize],
        }, Array.ConvertAll(expected, static value => double.CreateTruncating(value))));
    }
}

/// <summary>A test of the second tier that needs PyTorch; skipped where no Python imports torch.</summary>
internal sealed class TorchFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_python = new(static () => Python.With("torch"));

    public TorchFactAttribute() => Skip = Tiers.Skip ?? (s_python.Value is null ? "No python3 that imports torch (Debian's python3-torch); RNNGEN_PYTHON names another one." : null);

    public static string Run(string script, params string[] arguments) => Python.Run(s_python.Value!, ["-c", script, .. arguments]);
}
