using RnnGen.Runtime;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>
/// What is exported and imported again has the bits of its parameters, names what the declaration named, and computes the same: every model that <see cref="OnnxExportTests"/> exports, but for those that are rejected here by
/// name, and those of the other formats.
/// </summary>
public sealed class RoundTripTests
{
    [Fact] public void OnnxOfLstms() => Onnx<TwoLstms, float, float, float>("Lstm(5)", "LayerNorm", "Lstm(5)", "Dense(4, Activation = Activation.Relu)");

    [Fact] public void OnnxOfNormalisedLayers() => Onnx<Normalised, float, float, float>("Gru(5)", "LayerNorm(Epsilon = 0.125)", "Gru(4)");

    [Fact] public void OnnxOfBothDirections() => Onnx<BothWays, float, float, int>("Gru(4)", "Gru(5, Bidirectional = true)", "Dense(6, Activation = Activation.Tanh)");

    [Fact] public void OnnxOfPlainLayers() => Onnx<PlainRnn, float, float, float>("Rnn(4, Activation = Activation.Relu, Bidirectional = true)", "Rnn(3)");

    [Fact] public void OnnxOfOtherCells() => Onnx<OtherCells, float, float, float>("PeepholeLstm(4, Bidirectional = true)", "CoupledLstm(3)", "ResetBeforeGru(5)");

    [Fact] public void OnnxOfTokens() => Onnx<Tokens, float, int, int>("Embedding(9, 5)", "Gru(4)");

    [Fact] public void OnnxOfLearnedStates() => Onnx<LearnedStates, float, float, float>("Lstm(4, Bidirectional = true)", "Gru(3)");

    [Fact] public void OnnxOfConvolutions() => Onnx<FrontConvolutions, float, float, float>("Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu)", "Conv1D(4, 4, Causal = false)", "Gru(4)");

    [Fact] public void OnnxOfConvolutionsBetween() => Onnx<CausalConvolutions, float, float, float>("Conv1D(3, 3, Dilation = 2, Activation = Activation.Relu)", "Gru(4)", "Conv1D(5, 2)");

    [Fact] public void OnnxOfResidualConvolutions() => Onnx<CentredConvolutions, float, float, float>("Conv1D(3, 4, Causal = false)", "Conv1D(3, 3, Causal = false, Residual = true)", "Lstm(4)");

    [Fact] public void OnnxOfASkip() => Onnx<Skipping, float, float, float>("Lstm(4)");

    [Fact] public void OnnxOfASkipBehindOtherLayers() => Onnx<MixedCapture, float, float, float>("Dense(3, Activation = Activation.Tanh)", "Gru(5)", "Lstm(4)", "Dense(2, Activation = Activation.Relu)");

    [Fact] public void OnnxOfMeans() => Onnx<MeanPooled, float, float, float>("Gru(4, Bidirectional = true)");

    [Fact] public void OnnxOfMaxima() => Onnx<MaxPooled, float, float, float>("Gru(4)", "Dense(3, Activation = Activation.Tanh)");

    [Fact] public void OnnxOfResidualLayers() => Onnx<Residuals, float, float, float>("Dense(4)", "Gru(4, Residual = true)", "Dense(4, Residual = true)");

    [Fact] public void OnnxOfResidualLayersInBothDirections() => Onnx<ResidualBothWays, float, float, float>("Dense(8)", "Gru(4, Bidirectional = true, Residual = true)");

    /// <summary>The table is there twice: a graph does not say that they are one.</summary>
    [Fact]
    public void OnnxOfATiedEmbedding()
    {
        Tied model = Drawn.Model<Tied, float, int, int>();
        ForeignModel found = ForeignFile.Read(OnnxExport.ToBytes(DeclaredModel.Of(model)));
        Declared(found).ShouldBe(["Embedding(9, 5)", "Lstm(5)"]);
        found.Tensors.Single(static t => t.Name == "head.weight").Values.ToArray().ShouldBe(found.Tensors.Single(static t => t.Name == "embedding.weight").Values.ToArray());
        Computes<Tied, float, int, int>(model, found);
    }

    /// <summary>A Scan holds equations, which no declaration of layers says.</summary>
    [Fact]
    public void OnnxOfOwnEquationsIsRejectedByName()
    {
        foreach (byte[] file in (byte[][])[OnnxExport.ToBytes(DeclaredModel.Of(new OwnCells(seed: 1))), OnnxExport.ToBytes(DeclaredModel.Of(new OwnCellAtTheEnd(seed: 1))), OnnxExport.ToBytes(DeclaredModel.Of(new ShippedCells(seed: 1)))])
        {
            Should.Throw<ForeignFileException>(() => ForeignFile.Read(file)).Message.ShouldContain("Scan");
        }
    }

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
        bool isCausal = !layers.Any(static layer => layer.Contains("Bidirectional", StringComparison.Ordinal) || layer.Contains("Causal = false", StringComparison.Ordinal));
        foreach (OnnxExportOptions options in (OnnxExportOptions[])[new(), new() { Lengths = true }, new() { States = isCausal && !DeclaredModel.Of(model).LearnedInitialState && DeclaredModel.Of(model).Pooling == Pooling.Last }])
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
        Declared(found).ShouldBe(layers);
        TNumber[] parameters = new TNumber[TModel.Layout.ParameterCount];
        ModelFile.Load(TModel.Layout, parameters, (ReadOnlySpan<byte>)found.ToWeights("M"));
        parameters.ShouldBe(model.Parameters.ToArray());
        Computes<TModel, TNumber, TInput, TTarget>(model, found);
    }

    private static IEnumerable<string> Declared(ForeignModel found) =>
        found.ToDeclaration(new DeclarationOptions { Name = "M" }).Split('\n').Where(static line => line.StartsWith('[') && !line.StartsWith("[RnnModel", StringComparison.Ordinal)).Select(static line => line[1..^1]);

    // The equations of the file, on the numbers in it, compute what the model predicts: skips and pooling are those of the model, too. A function that the file does not say is not compared.
    private static void Computes<TModel, TNumber, TInput, TTarget>(TModel model, ForeignModel found)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        DeclaredModel declared = DeclaredModel.Of(model);
        if (!found.Format.Contains("ONNX", StringComparison.Ordinal))
        {
            return;
        }

        (found.Architecture, found.OutputSkip, found.Pooling, found.LearnedInitialState).ShouldBe((declared.Architecture, declared.OutputSkip, declared.Pooling, declared.LearnedInitialState));
        TInput[] inputs = Drawn.Inputs<TInput>(declared, declared.SequenceLength);
        TNumber[] expected = new TNumber[TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, 1);
        double[] outputs = found.Run([.. inputs.Select(static x => Convert.ToDouble(x, System.Globalization.CultureInfo.InvariantCulture))], declared.SequenceLength);
        outputs.Zip(expected, static (a, b) => Math.Abs(a - double.CreateTruncating(b))).Max().ShouldBeLessThan(2e-6);
    }
}
