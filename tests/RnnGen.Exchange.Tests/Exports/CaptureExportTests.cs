using System.Text.Json;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>Exported captures: the format's own equations, on the numbers in the file, compute what the model predicts.</summary>
public sealed class CaptureExportTests(ITestOutputHelper output) : IDisposable
{
    // Two biases are rounded to one.
    private const double Bound = 2e-6;

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-captures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact] public void RTNeuralOfLstms() => Computes<PlainLstm>("RTNeural", RTNeuralExport.ToBytes);

    [Fact] public void RTNeuralOfOtherLayersWithASkip() => Computes<MixedCapture>("RTNeural", RTNeuralExport.ToBytes);

    [Fact] public void GuitarMLOfLstms() => Computes<PlainLstm>("GuitarML", GuitarMLExport.ToBytes);

    [Fact] public void GuitarMLOfGrusWithASkip() => Computes<SkippingGru>("GuitarML", GuitarMLExport.ToBytes);

    [Fact] public void NamOfLstms() => Computes<PlainLstm>("NAM", NamExport.ToBytes);

    [Fact] public void NamWithInitialStates() => Computes<NamCapture>("NAM", NamExport.ToBytes);

    [Fact]
    public void MetadataIsWhereTheFormatHasIt()
    {
        Dictionary<string, string> metadata = new() { ["sample_rate"] = "48000", ["samplerate"] = "44100", ["in_gain"] = "-3.5", ["metadata.name"] = "Plexi", ["metadata.gear_make"] = "1176", ["metadata.loudness"] = "-18.5", ["metadata.date.year"] = "2026", ["note"] = "mine" };
        DeclaredModel model = DeclaredModel.Of(new PlainLstm(seed: 1), metadata);
        using JsonDocument nam = JsonDocument.Parse(NamExport.ToBytes(model)), aida = JsonDocument.Parse(RTNeuralExport.ToBytes(model));
        nam.RootElement.GetProperty("sample_rate").GetDouble().ShouldBe(48000);
        JsonElement said = nam.RootElement.GetProperty("metadata");
        said.GetProperty("loudness").GetDouble().ShouldBe(-18.5);
        said.GetProperty("gear_make").GetString().ShouldBe("1176");
        said.GetProperty("date").GetProperty("year").GetString().ShouldBe("2026");
        aida.RootElement.GetProperty("samplerate").GetDouble().ShouldBe(44100);
        aida.RootElement.GetProperty("in_gain").GetDouble().ShouldBe(-3.5);
        ForeignFile.Read(NamExport.ToBytes(model)).Metadata["metadata.name"].ShouldBe("Plexi");
    }

    /// <summary>The model itself has its metadata, and comes through a file with truths, lists and names that begin others.</summary>
    [Fact]
    public void MetadataOfTheModelItselfIsKept()
    {
        PlainLstm model = new(seed: 1);
        Dictionary<string, string> said = new() { ["metadata.name"] = "hello", ["metadata.is_clean"] = "true", ["metadata.gain"] = "0.5", ["metadata.tags"] = "[1,\"a\"]", ["metadata.none"] = "null", ["metadata.date.year"] = "2026", ["metadata.date"] = "today", ["metadata.empty"] = "{}" };
        foreach ((string key, string value) in said)
        {
            model.Metadata[key] = value;
        }

        string nam = Path.Combine(_folder, "m.nam"), aida = Path.Combine(_folder, "m.json"), onnx = Path.Combine(_folder, "m.onnx");
        NamExport.Save(model, nam);
        RTNeuralExport.Save(model, aida);
        OnnxExport.Save(model, onnx);
        foreach (string path in (string[])[nam, aida, onnx])
        {
            IReadOnlyDictionary<string, string> found = ForeignFile.Read(path).Metadata;
            foreach ((string key, string value) in said)
            {
                found[key].ShouldBe(value, $"{path} {key}");
            }
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(aida));
        json.RootElement.GetProperty("metadata").GetProperty("is_clean").ValueKind.ShouldBe(JsonValueKind.True);
        json.RootElement.GetProperty("metadata").GetProperty("tags").GetArrayLength().ShouldBe(2);
    }

    /// <summary>As the trainer of Neural Amp Modeler writes it beside a model.</summary>
    [Fact]
    public void ASnapshotIsWhatTheModelPredicts()
    {
        NamCapture model = Drawn.Model<NamCapture, float, float, float>();
        NamExport.SaveSnapshot(model, _folder);
        float[] inputs = Vector("test_inputs.npy"), expected = Vector("test_outputs.npy"), found = new float[inputs.Length];
        model.CreateState().Process(inputs, found);
        found.Zip(expected, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void WhatAFormatCannotSayIsRejectedByName(string said, Func<byte[]> export) => Should.Throw<ExportException>(() => export()).Message.ShouldContain(said);

    public static TheoryData<string, Func<byte[]>> Rejected => new()
    {
        { "RTNeural cannot say layer 1, Conv1D(3, 3)", () => RTNeuralExport.ToBytes(DeclaredModel.Of(new CausalConvolutions(seed: 1))) },
        { "RTNeural cannot say the learned initial states", () => RTNeuralExport.ToBytes(DeclaredModel.Of(new NamCapture(seed: 1))) },
        { "RTNeural cannot say the architecture ManyToOne", () => RTNeuralExport.ToBytes(DeclaredModel.Of(new MaxPooled(seed: 1))) },
        { "RTNeural cannot say layer 1, PeepholeLstm(4): it reads steps to come", () => RTNeuralExport.ToBytes(DeclaredModel.Of(new OtherCells(seed: 1))) },
        { "RTNeural cannot say the embedding", () => RTNeuralExport.ToBytes(DeclaredModel.Of(new Tokens(seed: 1))) },
        { "GuitarML cannot say layer 1, Dense(3)", () => GuitarMLExport.ToBytes(DeclaredModel.Of(new MixedCapture(seed: 1))) },
        { "Neural Amp Modeler cannot say layer 1, Gru(5)", () => NamExport.ToBytes(DeclaredModel.Of(new SkippingGru(seed: 1))) },
        { "Neural Amp Modeler cannot say the output layer: OutputSkip", () => NamExport.ToBytes(DeclaredModel.Of(new SkippingLstm(seed: 1))) },
        { "Neural Amp Modeler cannot say the precision", () => NamExport.ToBytes(DeclaredModel.Of(new InDouble(seed: 1))) },
    };

    private void Computes<TModel>(string format, Func<DeclaredModel, byte[]> export)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = Drawn.Model<TModel, float, float, float>();
        DeclaredModel declared = DeclaredModel.Of(model);
        float[] inputs = Drawn.Inputs<float>(declared, declared.SequenceLength), expected = new float[TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, 1);
        double[] found = ForeignFile.Read(export(declared)).Run(Array.ConvertAll(inputs, static x => (double)x), declared.SequenceLength);
        double difference = found.Zip(expected, static (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"{format} of {typeof(TModel).Name}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(Bound);
    }

    private float[] Vector(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(_folder, name));
        int start = 10 + BitConverter.ToUInt16(file, 8);
        (start % 64).ShouldBe(0);
        float[] values = new float[(file.Length - start) / sizeof(float)];
        Buffer.BlockCopy(file, start, values, 0, file.Length - start);
        return values;
    }
}
