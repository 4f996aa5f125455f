using System.Globalization;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Onnx;

/// <summary>Reads single nodes as layers, with the weights of the file.</summary>
internal sealed class OnnxLayers(OnnxGraph graph)
{
    /// <summary>Gather of a table by tokens.</summary>
    public EmbeddingModule Embedding(OnnxNode node)
    {
        OnnxTensor table = graph.Constants[node.Input(0)];
        return table.Shape.Length == 2 && table.Values.Length > 0 && node.Integer("axis", 0) == 0 ? new EmbeddingModule(node.Place, ToTensor(table, table.Shape)) : throw OnnxSignatures.Unknown(node, "that is no embedding of the input");
    }

    /// <summary>Gemm, or MatMul to which a bias may be added.</summary>
    public LinearModule Linear(OnnxNode node, int rank)
    {
        if (node.Integer("transA", 0) != 0)
        {
            throw OnnxSignatures.Unknown(node, "with transA, which turns the values");
        }

        if (!graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? matrix) || matrix.Shape.Length != 2 || matrix.Values.Length == 0)
        {
            throw OnnxSignatures.Unknown(node, "that is by no matrix of the file");
        }

        Tensor weight = ToTensor(matrix, matrix.Shape), transposed = Scaled(node.Integer("transB", 0) != 0 ? weight : weight.Transposed(), node.Float("alpha", 1));
        return new LinearModule(node.Place, transposed, node.Input(2).Length == 0 ? null : Scaled(Vector(node, 2, transposed.Rows, rank), node.Float("beta", 1)));
    }

    /// <summary>Conv over steps, with the zeros that a Pad put in front of it.</summary>
    public ConvolutionModule Convolution(OnnxNode node, (long Before, long Behind) padded)
    {
        if (!graph.Constants.TryGetValue(node.Input(1), out OnnxTensor? filters) || filters.Shape.Length != 3 || filters.Values.Length == 0)
        {
            throw OnnxSignatures.Unknown(node, "that is not over steps, with filters of the file");
        }

        Tensor weight = ToTensor(filters, filters.Shape);
        return ConvolutionNode.Read(node, weight, node.Input(2).Length == 0 ? null : Vector(node, 2, weight.Shape[0], 1), padded);
    }

    /// <summary>A layer normalisation behind a layer.</summary>
    public static NormModule Norm(string place, DictModule? before, NormPattern norm)
    {
        int width = before is null or EmbeddingModule ? throw Refused("before any other layer") : before.OutputSize;
        if ((norm.Gain ?? norm.Shift) is { } given && (given.Values.Length != width || (norm.Shift?.Values.Length ?? width) != width))
        {
            throw Refused(Invariant($"of {given.Values.Length} features behind {width}"));
        }

        Tensor ones = new("", [width], [.. Enumerable.Repeat(1.0, width)]);
        return new NormModule(place, norm.Gain is null ? ones : ToTensor(norm.Gain, [width]), norm.Shift is null ? Tensor.Zeros("", width) : ToTensor(norm.Shift, [width])) { SaidEpsilon = Shortest(norm.Epsilon) };

        ForeignFileException Refused(string how) => ForeignModelBuilder.Undeclarable(place, "a layer normalisation " + how, "[LayerNorm] follows a recurrent or a dense layer");

        // The file's number is a float; the declaration says what a person wrote: 0.001, and not 0.0010000000474974513.
        static double Shortest(double single) => double.Parse(((float)single).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>BatchNormalization with the statistics of the file.</summary>
    public BatchNormModule BatchNorm(OnnxNode node, DictModule? before)
    {
        bool isTraining = node.Integer("training_mode", 0) != 0 || node.Integer("spatial", 1) == 0;
        if (isTraining || !graph.Constants.TryGetValue(node.Input(3), out OnnxTensor? mean) || mean.Values.Length == 0)
        {
            throw OnnxSignatures.Unknown(node, isTraining ? "in training mode" : "without statistics of the file");
        }

        int width = mean.Values.Length;
        BatchNormModule norm = new(node.Place)
        {
            Gain = Vector(node, 1, width, 1), Offset = Vector(node, 2, width, 1), Mean = Vector(node, 3, width, 1), Variance = Vector(node, 4, width, 1), Epsilon = node.Float("epsilon", ForeignLayer.StandardEpsilon),
        };
        return (before is null || before.OutputSize == width) && Array.TrueForAll(norm.Affine().Scale, double.IsFinite) ? norm
            : throw OnnxSignatures.Unknown(node, Invariant($"of {width} features behind {before?.OutputSize ?? width}, or without a variance"));
    }

    /// <summary>One number for each feature, in the last of some axes.</summary>
    public Tensor Vector(OnnxNode node, int index, int length, int rank) =>
        graph.Constants.TryGetValue(node.Input(index), out OnnxTensor? vector) && vector.Values.Length == length && vector.Shape.Length <= Math.Max(1, rank) && (vector.Shape.Length == 0 || vector.Shape[^1] == length)
            ? ToTensor(vector, [length]) : throw OnnxSignatures.Unknown(node, Invariant($"whose input {index} is no vector of {length} numbers of the file"));

    private static Tensor Scaled(Tensor tensor, double factor) => factor == 1 ? tensor : new Tensor(tensor.Name, tensor.Shape, [.. tensor.Values.Select(value => value * factor)]);

    private static Tensor ToTensor(OnnxTensor tensor, int[] shape) => tensor.IsFloatingPoint ? new(tensor.Name, shape, tensor.Values)
        : throw new ForeignFileException(Invariant($"{ForeignText.Shown(tensor.Name)} is of the type {tensor.Type}, where weights are numbers with a fraction: a quantised graph is not read."));
}
