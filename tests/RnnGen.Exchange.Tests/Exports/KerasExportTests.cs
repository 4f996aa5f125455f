using System.IO.Compression;
using System.Text.Json;
using PureHDF;
using RnnGen.Runtime;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>
/// <c>.keras</c> files that are written: two other readers of HDF5, PureHDF and h5py, find the numbers where Keras looks for them; Keras's equations in numpy, on what h5py reads, and this package's own import compute what
/// the model predicts.
/// </summary>
public sealed class KerasExportTests(ITestOutputHelper output) : IDisposable
{
    private const double Bound = 1e-5;

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-keras-").FullName;

    private readonly List<(string Name, object Case, double[] Expected)> _cases = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [H5pyFact, Trait(Tiers.Tier, Tiers.Long)]
    public void H5pyAndNumPyComputeWhatTheModelPredicts()
    {
        AddAll();
        string cases = Path.Combine(_folder, "cases.json");
        File.WriteAllText(cases, JsonSerializer.Serialize(_cases.Select(static c => c.Case)));
        string[] lines = H5pyFactAttribute.Run(Path.Combine(Repository.Root, "tests", "golden", "make_foreign_keras.py"), "run", cases).Trim().Split('\n');
        lines.Length.ShouldBe(_cases.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            Same(_cases[i].Name, JsonSerializer.Deserialize<double[]>(lines[i])!, _cases[i].Expected);
        }
    }

    [Fact]
    public void TheImportComputesWhatTheModelPredicts()
    {
        AddAll();
        foreach ((string name, object @case, double[] expected) in _cases)
        {
            JsonElement said = JsonSerializer.SerializeToElement(@case);
            double[] inputs = [.. said.GetProperty("inputs").EnumerateArray().SelectMany(static step => step.ValueKind == JsonValueKind.Array ? step.EnumerateArray().Select(static v => v.GetDouble()) : [step.GetDouble()])];
            Same(name, KerasFile.Read(said.GetProperty("file").GetString()!).Run(inputs, said.GetProperty("inputs").GetArrayLength()), expected);
        }
    }

    /// <summary>A GRU has two biases there as here, so nothing is added up.</summary>
    [Fact]
    public void AGruKeepsItsBits()
    {
        BothWays model = Drawn.Model<BothWays, float, float, int>();
        ForeignModel found = KerasFile.Read(KerasExport.ToBytes(DeclaredModel.Of(model)));
        found.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("[Gru(4)]\n[Gru(5, Bidirectional = true)]\n[Dense(6, Activation = Activation.Tanh)]\n");
        float[] parameters = new float[BothWays.ParameterCount];
        ModelFile.Load(BothWays.Layout, parameters, (ReadOnlySpan<byte>)found.ToWeights("M"));
        parameters.ShouldBe(model.Parameters.ToArray());
    }

    [Fact]
    public void AnotherReaderOfHdf5FindsGroupsNumbersAndNames()
    {
        Tokens model = Drawn.Model<Tokens, float, int, int>();
        using ZipArchive archive = new(new MemoryStream(KerasExport.ToBytes(DeclaredModel.Of(model))));
        archive.Entries.Select(static entry => entry.FullName).ShouldBe(["metadata.json", "config.json", "model.weights.h5"]);
        archive.Entries.ShouldAllBe(static entry => entry.Length == entry.CompressedLength);
        using MemoryStream weights = new();
        using (Stream stream = archive.GetEntry("model.weights.h5")!.Open())
        {
            stream.CopyTo(weights);
        }

        weights.Position = 0;
        using var file = H5File.Open(weights);
        file.Dataset("layers/embedding/vars/0").Read<float[]>().ShouldBe(model.Parameters[..(9 * 5)].ToArray());
        file.Dataset("layers/embedding/vars/0").Space.Dimensions.ShouldBe([9UL, 5UL]);
        file.Dataset("layers/gru/cell/vars/2").Space.Dimensions.ShouldBe([2UL, 12UL]);
        file.Group("layers/gru/cell/vars").Attribute("name").Read<string>().ShouldBe("gru_cell");
        file.Group("layers/dense/vars").Attribute("name").Read<string>().ShouldBe("dense");
        file.Group("layers").Children().Select(static child => child.Name).ShouldBe(["embedding", "gru", "dense"], ignoreOrder: true);
    }

    /// <summary>What a user writes with PureHDF is read too: the same objects, laid out by another writer.</summary>
    [Fact]
    public void AnotherWriterOfHdf5IsRead()
    {
        H5Group Cell(int inputs, int units) => new()
        {
            ["vars"] = new H5Group
            {
                ["0"] = new H5Dataset(Numbers(inputs * 4 * units), fileDims: [(ulong)inputs, 4UL * (ulong)units]),
                ["1"] = new H5Dataset(Numbers(units * 4 * units), fileDims: [(ulong)units, 4UL * (ulong)units]),
                ["2"] = new H5Dataset(Numbers(4 * units), fileDims: [4UL * (ulong)units]),
            },
        };
        using MemoryStream stream = new();
        new H5File { ["layers"] = new H5Group { ["lstm"] = new H5Group { ["cell"] = Cell(1, 3) } } }.Write(stream);
        const string config = """{"class_name":"Sequential","config":{"layers":[{"class_name":"LSTM","config":{"name":"a","units":3,"return_sequences":true}}]}}""";
        using MemoryStream zip = new();
        using (ZipArchive archive = new(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in (ReadOnlySpan<(string, byte[])>)[("config.json", System.Text.Encoding.UTF8.GetBytes(config)), ("model.weights.h5", stream.ToArray())])
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        KerasFile.Read(zip.ToArray()).Tensors.First(static t => t.Name == "rnn.weight_hh_l0").Values.Span[1].ShouldBe(12);

        static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static k => (float)k)];
    }

    [Fact]
    public void EqualModelsAreEqualFiles() => KerasExport.ToBytes(DeclaredModel.Of(new BothWays(seed: 1))).ShouldBe(KerasExport.ToBytes(DeclaredModel.Of(new BothWays(seed: 1))));

    [Fact]
    public void WhatKerasCannotSayIsRejectedByItsPlaceAndNothingIsWritten()
    {
        string path = Path.Combine(_folder, "model.keras");
        Rejected(() => KerasExport.Save(new OtherCells(seed: 1), path), "Keras cannot say layer 1, PeepholeLstm(4): it has no layer for the cell 'PeepholeLstm'.");
        Rejected(() => KerasExport.Save(new Residuals(seed: 1), path), "layer 2, Gru(4): its inputs are added");
        Rejected(() => KerasExport.Save(new LearnedStates(seed: 1), path), "the learned initial states");
        Rejected(() => KerasExport.Save(new Skipping(seed: 1), path), "OutputSkip");
        Rejected(() => KerasExport.Save(new Decoding(seed: 1), path), "its decoder reads its own output");
        Rejected(() => KerasExport.Save(new OwnCells(seed: 1), path), "layer 1, Everything(4): it has no layer for the cell");
        File.Exists(path).ShouldBeFalse();
    }

    /// <summary>Keras knows a file by its name.</summary>
    [Fact]
    public void AnotherEndingIsRejectedAndNothingIsWritten()
    {
        string path = Path.Combine(_folder, "model.h5");
        Should.Throw<ArgumentException>(() => KerasExport.Save(new PlainLstm(seed: 1), path)).Message.ShouldContain("does not end with .keras");
        File.Exists(path).ShouldBeFalse();
    }

    private static void Rejected(Action export, string said) => Should.Throw<ExportException>(export).Message.ShouldContain(said);

    private void AddAll()
    {
        Add<TwoLstms, float, float, float>();
        Add<Normalised, float, float, float>();
        Add<PlainLstm, float, float, float>();
        Add<BothWays, float, float, int>();
        Add<PlainRnn, float, float, float>();
        Add<Tied, float, int, int>();
        Add<Tokens, float, int, int>();
        Add<FrontConvolutions, float, float, float>();
        Add<InDouble, double, double, double>();
        Add<ResetFirst, float, float, float>();
        Add<MeanPooled, float, float, float>();
        Add<MaxPooled, float, float, float>();
    }

    private void Add<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = Drawn.Model<TModel, TNumber, TInput, TTarget>();
        DeclaredModel declared = DeclaredModel.Of(model);
        TInput[] inputs = Drawn.Inputs<TInput>(declared, declared.SequenceLength);
        TNumber[] expected = new TNumber[TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, 1);
        string file = Path.Combine(_folder, declared.Name + ".keras");
        KerasExport.Save(model, file);
        object steps = inputs is int[] ? inputs : inputs.Chunk(declared.InputSize).ToArray();
        _cases.Add((declared.Name, new { file, inputs = steps }, Array.ConvertAll(expected, static value => double.CreateTruncating(value))));
    }

    private void Same(string name, double[] found, double[] expected)
    {
        found.Length.ShouldBe(expected.Length, name);
        double difference = found.Zip(expected, static (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"{name}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(Bound, name);
    }
}

/// <summary>A test of the second tier that needs h5py; skipped where no Python imports it.</summary>
internal sealed class H5pyFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_python = new(static () => Python.With("h5py"));

    public H5pyFactAttribute() => Skip = Tiers.Skip ?? (s_python.Value is null ? "No python3 that imports h5py (Debian's python3-h5py); RNNGEN_PYTHON names another one." : null);

    public static string Run(params string[] arguments) => Python.Run(s_python.Value!, arguments);
}
