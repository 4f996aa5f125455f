using RnnGen.Runtime;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>Exported graphs, held against ONNX Runtime: it computes what the model predicts, for any batch and any number of steps, with lengths, and in parts.</summary>
public sealed class OnnxExportTests(ITestOutputHelper output)
{
    private const double Bound = 1e-5;

    private const int Count = 3;

    [Fact] public void AStackOfLstms() => Holds<TwoLstms, float, float>();

    [Fact] public void ANormalisationWithAnEpsilonOfItsOwn() => Holds<Normalised, float, float>();

    [Fact] public void LstmsWithoutMore() => Holds<PlainLstm, float, float>();

    [Fact] public void GrusInBothDirections() => Holds<BothWays, float, int>();

    [Fact] public void PlainRecurrentLayers() => Holds<PlainRnn, float, float>();

    [Fact] public void PeepholesCoupledGatesAndResetBefore() => Holds<OtherCells, float, float>();

    [Fact] public void ATiedEmbedding() => Holds<Tied, int, int>();

    [Fact] public void TokensAtEachStep() => Holds<Tokens, int, int>();

    [Fact] public void ConvolutionsOfPastSteps() => Holds<CausalConvolutions, float, float>();

    [Fact] public void ConvolutionsAroundAStep() => Holds<CentredConvolutions, float, float>();

    [Fact] public void LearnedInitialStates() => Holds<LearnedStates, float, float>();

    [Fact] public void ASkipToTheOutput() => Holds<Skipping, float, float>();

    [Fact] public void MeansOverSteps() => Holds<MeanPooled, float, float>();

    [Fact] public void MaximaOverSteps() => Holds<MaxPooled, float, float>();

    [Fact] public void ResidualLayers() => Holds<Residuals, float, float>();

    [Fact] public void ResidualLayersInBothDirections() => Holds<ResidualBothWays, float, float>();

    [Fact] public void CellsOfOnesOwn() => Holds<OwnCells, float, float>();

    [Fact] public void AnOutputThatIsNoState() => Holds<OwnCellAtTheEnd, float, float>();

    [Fact] public void CellsThatNoOperatorHas() => Holds<ShippedCells, float, float>();

    /// <summary>What a later version declares, or one that exports do not know, is no smaller model.</summary>
    [Fact]
    public void WhatExportsDoNotKnowIsRejectedByName()
    {
        byte[] file = Saved(new PlainLstm(seed: 1));
        string specification = DeclaredModel.Read(file).Specification;
        Should.Throw<ExportException>(() => OnnxExport.ToBytes(DeclaredModel.Read(file, specification.Replace("\"size\":6", "\"size\":6,\"zoneout\":0.1", StringComparison.Ordinal)))).Message.ShouldContain("'zoneout'");
        Should.Throw<ForeignFileException>(() => DeclaredModel.Read(file, specification.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal))).Message.ShouldContain("a later version");
        Should.Throw<ForeignFileException>(() => DeclaredModel.Read(file, specification.Replace("lstm", "later", StringComparison.Ordinal))).Message.ShouldContain("layer 1");
    }

    private static byte[] Saved(PlainLstm model)
    {
        using MemoryStream stream = new();
        model.Save(stream);
        return stream.ToArray();
    }

    private void Holds<TModel, TInput, TTarget>()
        where TModel : IRnnModel<TModel, float, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = Drawn.Model<TModel, float, TInput, TTarget>();
        DeclaredModel declared = DeclaredModel.Of(model);
        TInput[] inputs = Drawn.Inputs<TInput>(declared, Count * declared.SequenceLength);
        int[] lengths = [declared.SequenceLength, 1, declared.SequenceLength - 2];
        double whole = Whole(model, declared, inputs), withLengths = WithLengths(model, declared, inputs, lengths), inParts = declared.Pooling != Pooling.Last || declared.Layers.Any(l => l.IsBidirectional || (l.Kernel > 0 && !l.IsCausal)) ? 0 : InParts(model, declared, inputs);
        output.WriteLine($"{typeof(TModel).Name}: {whole:0.#E+0}, with lengths {withLengths:0.#E+0}, in parts {inParts:0.#E+0}");
        Math.Max(Math.Max(whole, withLengths), inParts).ShouldBeLessThan(Bound);
    }

    private static double Whole<TModel, TInput, TTarget>(IRnnModel<TModel, float, TInput, TTarget> model, DeclaredModel declared, TInput[] inputs)
        where TModel : IRnnModel<TModel, float, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        float[] expected = new float[Count * TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, Count);
        using OnnxRun run = new(OnnxExport.ToBytes(declared));
        run.Inputs.ShouldBe(["input"]);
        return Difference(expected, Feed(run, declared, inputs, Count).Outputs()["output"]);
    }

    private static double WithLengths<TModel, TInput, TTarget>(IRnnModel<TModel, float, TInput, TTarget> model, DeclaredModel declared, TInput[] inputs, int[] lengths)
        where TModel : IRnnModel<TModel, float, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        float[] expected = new float[Count * TModel.Layout.OutputLength];
        model.PredictBatch(inputs, expected, Count, lengths);
        using OnnxRun run = new(OnnxExport.ToBytes(declared, new OnnxExportOptions { Lengths = true }));
        return Difference(expected, Feed(run, declared, inputs, Count).With("lengths", lengths, Count).Outputs()["output"]);
    }

    // A sequence in two parts, whose states go from one to the next, is the whole sequence.
    private static double InParts<TModel, TInput, TTarget>(IRnnModel<TModel, float, TInput, TTarget> model, DeclaredModel declared, TInput[] inputs)
        where TModel : IRnnModel<TModel, float, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        int first = declared.SequenceLength / 2 * declared.InputSize, length = TModel.Layout.InputLength;
        TInput[] sequence = inputs[..length];
        float[] expected = new float[TModel.Layout.OutputLength];
        model.PredictBatch(sequence, expected, 1);
        using OnnxRun run = new(OnnxExport.ToBytes(declared, new OnnxExportOptions { States = true }));
        string[] states = [.. run.Inputs.Where(static name => name != "input")];
        states.ShouldNotBeEmpty();
        Dictionary<string, int[]> shapes = states.ToDictionary(static name => name, name => run.Shape(name));
        Dictionary<string, float[]> before = states.ToDictionary(static name => name, name => Start(declared, name, shapes[name]));
        List<float> found = [];
        foreach (TInput[] part in (TInput[][])[sequence[..first], sequence[first..]])
        {
            foreach (string state in states)
            {
                run.With(state, before[state], [1, .. shapes[state][1..]]);
            }

            Dictionary<string, float[]> results = Feed(run, declared, part, 1).Outputs();
            found = declared.Architecture == Architecture.ManyToOne ? [.. results["output"]] : [.. found, .. results["output"]];
            before = states.ToDictionary(static name => name, name => results[name + "_next"]);
        }

        return Difference(expected, [.. found]);
    }

    private static float[] Start(DeclaredModel declared, string state, int[] shape) =>
        declared.Find("initial." + state) is { } learned ? Array.ConvertAll(learned.Values, static v => (float)v) : new float[shape.Skip(1).Aggregate(1, static (product, size) => product * size)];

    private static OnnxRun Feed<TInput>(OnnxRun run, DeclaredModel declared, TInput[] inputs, int count) => inputs is int[] tokens
        ? run.With("input", Array.ConvertAll(tokens, static t => (long)t), count, inputs.Length / count)
        : run.With("input", inputs, count, inputs.Length / count / declared.InputSize, declared.InputSize);

    private static double Difference(float[] expected, float[] found)
    {
        found.Length.ShouldBe(expected.Length);
        return expected.Zip(found, static (a, b) => (double)Math.Abs(a - b)).Max();
    }
}
