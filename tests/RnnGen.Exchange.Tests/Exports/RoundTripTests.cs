using RnnGen.Runtime;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>What is exported and imported again has the bits of its parameters, and names what the declaration named.</summary>
public sealed class RoundTripTests
{
    [Fact] public void OnnxOfLstms() => Onnx<TwoLstms, float, float, float>("Lstm(5)", "LayerNorm", "Lstm(5)", "Dense(4, Activation = Activation.Relu)");

    [Fact] public void OnnxOfBothDirections() => Onnx<BothWays, float, float, int>("Gru(4)", "Gru(5, Bidirectional = true)", "Dense(6, Activation = Activation.Tanh)");

    [Fact] public void OnnxOfPlainLayers() => Onnx<PlainRnn, float, float, float>("Rnn(4, Activation = Activation.Relu, Bidirectional = true)", "Rnn(3)");

    [Fact] public void OnnxOfOtherCells() => Onnx<OtherCells, float, float, float>("PeepholeLstm(4, Bidirectional = true)", "CoupledLstm(3)", "ResetBeforeGru(5)");

    [Fact] public void OnnxOfTokens() => Onnx<Tokens, float, int, int>("Embedding(9, 5)", "Gru(4)");

    [Fact] public void OnnxOfLearnedStates() => Onnx<LearnedStates, float, float, float>("Lstm(4, Bidirectional = true)", "Gru(3)");

    [Fact] public void OnnxOfConvolutions() => Onnx<FrontConvolutions, float, float, float>("Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu)", "Conv1D(4, 4, Causal = false)", "Gru(4)");

    [Fact] public void OnnxInDouble() => Onnx<InDouble, double, double, double>("Lstm(4)", "Gru(3)");

    [Fact] public void TorchOfUnequalLayers() => Of<Unequal, float, float, float>(TorchExport.ToBytes, ["Lstm(4, Bidirectional = true)", "Lstm(4, Bidirectional = true)", "ProjectedLstm(5, Projection = 3)", "Rnn(3)"]);

    [Fact] public void TorchInDouble() => Of<InDouble, double, double, double>(TorchExport.ToBytes, ["Lstm(4)", "Gru(3)"]);

    [Fact] public void TorchSharpOfTokens() => Of<Tokens, float, int, int>(TorchSharpExport.ToBytes, ["Embedding(9, 5)", "Gru(4)"]);

    [Fact] public void TorchSharpOfUnequalLayers() => Of<Unequal, float, float, float>(TorchSharpExport.ToBytes, ["Lstm(4, Bidirectional = true)", "Lstm(4, Bidirectional = true)", "ProjectedLstm(5, Projection = 3)", "Rnn(3)"]);

    [Fact] public void GuitarMLOfGrus() => Of<SkippingGru, float, float, float>(GuitarMLExport.ToBytes, ["Gru(5)", "Gru(5)"]);

    [Fact] public void RTNeuralOfGrus() => Of<SkippingGru, float, float, float>(RTNeuralExport.ToBytes, ["Gru(5)", "Gru(5)"]);

    private static void Of<TModel, TNumber, TInput, TTarget>(Func<DeclaredModel, byte[]> export, string[] layers)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = Drawn.Model<TModel, TNumber, TInput, TTarget>();
        Same<TModel, TNumber, TInput, TTarget>(model, ForeignFile.Read(export(DeclaredModel.Of(model))), layers);
    }

    private static void Onnx<TModel, TNumber, TInput, TTarget>(params string[] layers)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = Drawn.Model<TModel, TNumber, TInput, TTarget>();
        bool isCausal = !layers.Any(layer => layer.Contains("Bidirectional", StringComparison.Ordinal) || layer.Contains("Conv1D", StringComparison.Ordinal));
        foreach (OnnxExportOptions options in (OnnxExportOptions[])[new(), new() { Lengths = true }, new() { States = isCausal && !DeclaredModel.Of(model).LearnedInitialState }])
        {
            Same<TModel, TNumber, TInput, TTarget>(model, ForeignFile.Read(OnnxExport.ToBytes(DeclaredModel.Of(model), options)), layers);
        }
    }

    private static void Same<TModel, TNumber, TInput, TTarget>(TModel model, ForeignModel found, string[] layers)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        found.ToDeclaration(new DeclarationOptions { Name = "M" }).Split('\n').Where(line => line.StartsWith('[') && !line.StartsWith("[RnnModel", StringComparison.Ordinal)).Select(line => line[1..^1]).ShouldBe(layers);
        TNumber[] parameters = new TNumber[TModel.Layout.ParameterCount];
        ModelFile.Load(TModel.Layout, parameters, (ReadOnlySpan<byte>)found.ToWeights("M"));
        parameters.ShouldBe(model.Parameters.ToArray());
    }
}
