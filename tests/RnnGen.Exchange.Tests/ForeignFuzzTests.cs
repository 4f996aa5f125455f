using RnnGen.Exchange.Tests.Exports;
using RnnGen.Fuzzing;
using RnnGen.Runtime;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests;

/// <summary>
/// Damaged files of every format: what cannot be read is a <see cref="ForeignFileException"/>, in bounded time and memory, and what can be read is a model whose weights are written.
/// <c>RNNGEN_FUZZ=200000 dotnet test -c Release tests/RnnGen.Exchange.Tests --filter Fuzz</c> runs as many for each reader.
/// </summary>
public sealed class ForeignFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_pickleFragments =
    [
        "ctorch\nFloatStorage\n", "ctorch\nHalfStorage\n", "ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n", "cposix\nsystem\n", "(", ")", "}", "]", "R", "Q", "u", "s", "e", "a", "t", "b", "q\0", "h\0",
        "\u0085", "\u0086", "\u0087", "K\u0001", "M\u00ff\u00ff", "J\u00ff\u00ff\u00ff\u007f", ".", "PK\u0001\u0002", "PK\u0003\u0004",
    ];

    private static readonly string[] s_jsonFragments =
    [
        "{", "}", "[", "]", "[[", "]]", ",", ":", "null", "true", "1e999", "-1", "65536", "2147483648", "\"\\ud800\"", "\"shape\":[null,null,", "\"weights\":", "\"type\":\"gru\"", "\"activation\":\"relu\"", "\"skip\":1",
        "\"in_skip\":1,", "\"hidden_size\":", "\"num_layers\":", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];

    private static readonly string[] s_keras = ["keras-lstm.keras", "keras-both-ways.keras", "keras-convolutions.keras", "keras-functional.keras", "keras-batch-norms.keras", "keras-pooled.keras", "keras-2.h5", "keras-2.1.h5", "keras-3.h5", "keras-latest.h5", "keras-hard-sigmoid-2.h5", "keras-functions-of-gates.keras", "keras-masked-tokens.keras", "keras-masked-steps.keras"];

    [Fact]
    public void PyTorch() => Run("PyTorch", ["lstm.pt", "half.pt", "checkpoint.pt", "views.pt", "double.pt", "tokens.pt", "parameters.pt", "batch-norm-between.pt"], s_pickleFragments);

    [Fact]
    public void Safetensors() => Run("safetensors", ["by-name.safetensors"], ["{", "}", "[", "]", "\"F16\"", "\"BF16\"", "\"I8\"", "\"dtype\":", "\"shape\":[99999999999,1]", "wte.weight", "_reverse", "1e9", "-1"]);

    [Fact]
    public void TorchSharp() => Run("TorchSharp", ["torchsharp.dat", "torchsharp-gru.dat"], ["\u0006", "\u0007", "\u00ff\u00ff\u00ff\u00ff", ".weight_ih_l0", "\0"]);

    [Fact]
    public void Onnx() => Run(
        "ONNX", ["torch-lstm-fixed.onnx", "torch-lstm-both-ways.onnx", "torch-gru-last-state.onnx", "torch-tokens.onnx", "case-lstm-peephole-both-ways.onnx", "case-gru-before-both-ways-last.onnx", "torch-residual.onnx", "torch-residual-last.onnx", "torch-skip.onnx", "torch-mean.onnx", "torch-batch-norm.onnx", "case-lstm-functions-both-ways.onnx", "case-gru-softsign-lengths.onnx", "case-rnn-clipped.onnx"],
        ["Slice", "Concat", "Reshape", "Transpose", "Gather", "LSTM", "GRU", "\u0012\u0004", "\n\0", "\b\u0007", "\u0001\u0001", "perm", "axes", "hidden_size", "Conv", "Pad", "pads", "dilations", "auto_pad", "Add", "ReduceMean", "ReduceMax", "BatchNormalization", "epsilon", "keepdims", "Identity", "HardSigmoid", "Affine", "Elu", "clip", "activations", "activation_alpha", "input_forget"], bytesPerByte: 1024, OnnxExport.ToBytes(DeclaredModel.Of(new FrontConvolutions(seed: 1))));

    /// <summary>Whole files in both layouts: the archive, the configuration and HDF5's own structures.</summary>
    [Fact]
    public void Keras() => output.WriteLine(Fuzzer.Run(
        "Keras", [.. s_keras.Select(seed => File.ReadAllBytes(Path.Combine(ForeignCase.Folder, seed))), KerasExport.ToBytes(DeclaredModel.Of(new TwoLstms(seed: 1)))],
        [
            "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "\u0010\0", "\u0011\0", "\u0001\0", "\u00ff\u00ff\u00ff\u00ff", "\u0008\0\0\0", "PK\u0001\u0002", "PK\u0003\u0004", "LSTM", "GRU", "Bidirectional", "\"units\": ", "true", "false",
            "[", "]", "{", "}", "65536", "\"return_sequences\": true", "keras_history", "Functional", "Sequential", "hard_sigmoid", "softsign", "mask_value",
        ],
        static file => Check(KerasFile.Read(file)), static e => e is ForeignFileException, 256).ToString());

    /// <summary>What can be read is run: a hostile graph ends in an error or in the equations of its layers, in bounded time and memory.</summary>
    [Fact]
    public void OnnxRuns() => output.WriteLine(Fuzzer.Run(
        "ONNX runs", [.. ((string[])["torch-lstm-fixed.onnx", "torch-learned-states.onnx", "torch-padded.onnx", "torch-norm-old.onnx", "case-lstm-peephole-both-ways.onnx", "case-lstm-functions-both-ways.onnx"]).Select(static file => File.ReadAllBytes(Path.Combine(ForeignCase.Folder, file)))],
        ["Slice", "Concat", "Reshape", "Transpose", "Gather", "Tile", "Expand", "Range", "\n\0", "\b\u0007", "\u0001\u0001", "perm", "axes", "\u00ff\u00ff\u00ff\u007f"],
        static file => RunTwoSteps(ForeignFile.Read(file)),
        static e => e is ForeignFileException, bytesPerByte: 4096).ToString());

    [Fact]
    public void RTNeural() => Run("RTNeural", ["rtneural-lstm.json", "rtneural-gru.json", "aida-x.json", "rtneural-conv.json"], s_jsonFragments);

    [Fact]
    public void GuitarML() => Run("GuitarML", ["guitarml-lstm.json", "guitarml-gru.json"], s_jsonFragments);

    [Fact]
    public void NeuralAmpModeler() => Run("NAM", ["capture.nam"], s_jsonFragments);

    /// <summary>RnnGen's own files, with what they are exported to.</summary>
    [Fact]
    public void SavedModels() => output.WriteLine(Fuzzer.Run(
        "saved models", [Saved(new TwoLstms(seed: 1)), Saved(new OtherCells(seed: 1)), Saved(new CausalConvolutions(seed: 1)), Saved(new LearnedStates(seed: 1)), Saved(new NamCapture(seed: 1))],
        ["{", "}", "\\\"cell\\\":\\\"gru\\\"", "\\\"size\\\":", "\\\"kernel\\\":9,", "\\\"bidirectional\\\":true,", "ManyToOne", "\\\"numbers\\\":{", "99999999", "1e9", "-1", "LayerNorm", "ProjectedLstm"],
        Export, static e => e is ForeignFileException, 256).ToString());

    private static byte[] Saved<TModel>(TModel model)
        where TModel : IRnnModel<TModel, float, float, float>
    {
        using MemoryStream stream = new();
        ModelFile.Save(TModel.Layout, model.Parameters, stream);
        return stream.ToArray();
    }

    private static void Export(byte[] file)
    {
        DeclaredModel model = DeclaredModel.Read(file);
        foreach (Func<DeclaredModel, byte[]> export in (Func<DeclaredModel, byte[]>[])[static m => OnnxExport.ToBytes(m), TorchExport.ToBytes, RTNeuralExport.ToBytes, NamExport.ToBytes])
        {
            try
            {
                export(model).Length.ShouldBeGreaterThan(0);
            }
            catch (ExportException e)
            {
                e.Message.ShouldContain(" cannot say ");
            }
        }
    }

    private void Run(string reader, string[] seeds, string[] fragments, int bytesPerByte = 256, params byte[][] more) => output.WriteLine(Fuzzer.Run(
        reader, [.. seeds.Select(seed => File.ReadAllBytes(Path.Combine(ForeignCase.Folder, seed))), .. more], fragments, Read, static e => e is ForeignFileException, bytesPerByte).ToString());

    private static void RunTwoSteps(ForeignModel model) => model.Run(new double[2 * model.InputSize], steps: 2).Length.ShouldBeGreaterThan(0);

    private static void Read(byte[] file) => Check(ForeignFile.Read(file));

    private static void Check(ForeignModel model)
    {
        model.ToWeights("Fuzzed").Length.ShouldBeGreaterThan(0);
        model.ToDeclaration(new DeclarationOptions { Name = "Fuzzed" }).ShouldContain("[RnnModel(");
    }
}
