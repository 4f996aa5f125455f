using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>A layer normalisation as exporters write it below opset 17: (x - mean) / √(mean((x - mean)²) + ε) · γ + β over the last axis.</summary>
/// <param name="Gain">γ; null for ones.</param>
/// <param name="Shift">β; null for zeros.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Output">The value that the nodes make.</param>
internal sealed record NormPattern(OnnxTensor? Gain, OnnxTensor? Shift, double Epsilon, string Output)
{
    /// <summary>The pattern that begins at a value of some rank; null where there is none.</summary>
    public static NormPattern? Find(OnnxGraph graph, ILookup<string, OnnxNode> readers, string value, int rank)
    {
        OnnxNode[] first = [.. readers[value]];
        OnnxNode? mean = Array.Find(first, static node => node.Op == "ReduceMean"), centred = Array.Find(first, static node => node.Op == "Sub");
        if (first.Length != 2 || mean is null || centred is null || !IsOverLast(mean) || centred.Input(0) != value || centred.Input(1) != mean.Output(0))
        {
            return null;
        }

        string difference = centred.Output(0);
        OnnxNode? square = readers[difference].FirstOrDefault(static node => node.Op is "Pow" or "Mul"), divided = readers[difference].FirstOrDefault(static node => node.Op == "Div");
        bool isSquare = square is { Op: "Pow" } ? Number(square.Input(1)) == 2 && square.Input(0) == difference : square?.Inputs.TrueForAll(input => input == difference) == true;
        if (!isSquare || readers[difference].Count() != 2 || Only(square!.Output(0)) is not { Op: "ReduceMean" } variance || !IsOverLast(variance) || Only(variance.Output(0)) is not { Op: "Add" } sum
            || Number(Other(sum, variance.Output(0))) is not { } epsilon || Only(sum.Output(0)) is not { Op: "Sqrt" } root || Only(root.Output(0)) != divided || divided is null || divided.Input(0) != difference || divided.Input(1) != root.Output(0))
        {
            return null;
        }

        string output = divided.Output(0);
        OnnxTensor? gain = Affine("Mul"), shift = Affine("Add");
        return new NormPattern(gain, shift, epsilon, output);

        // A constant that the result alone is multiplied by, or that is added to it.
        OnnxTensor? Affine(string op)
        {
            if (Only(output) is not { } node || node.Op != op || !graph.Constants.TryGetValue(Other(node, output), out OnnxTensor? constant) || constant.Shape.Length > 1)
            {
                return null;
            }

            output = node.Output(0);
            return constant;
        }

        OnnxNode? Only(string name) => readers[name].ToArray() is [var only] && only.IsStandard ? only : null;

        double? Number(string name) => graph.Constants.TryGetValue(name, out OnnxTensor? constant) && constant.Values is [double number] ? number : null;

        bool IsOverLast(OnnxNode node) => node.IsStandard && node.Integer("keepdims", 1) != 0 && (node.Integers("axes") ?? graph.Constants.GetValueOrDefault(node.Input(1))?.Whole()) is [long axis] && (axis == -1 || axis == rank - 1);

        static string Other(OnnxNode node, string input) => node.Input(0) == input ? node.Input(1) : node.Input(0);
    }
}
