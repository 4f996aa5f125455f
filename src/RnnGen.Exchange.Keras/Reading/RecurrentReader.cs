using RnnGen.Exchange.Files;
using RnnGen.Exchange.Keras.Layers;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>Reads SimpleRNN, LSTM and GRU, and Bidirectional of one of them.</summary>
/// <param name="weights">Their weights.</param>
/// <param name="origin">Which Keras wrote them.</param>
/// <param name="note">Receives what was done.</param>
internal sealed class RecurrentReader(KerasWeights weights, KerasOrigin origin, Action<string> note)
{
    private const string Gates = "recurrent_activation", Sequences = "return_sequences";

    /// <summary>Reads a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="returnsSequences">Whether it has an output at each step.</param>
    public KerasRecurrent Read(LayerConfig layer, out bool returnsSequences)
    {
        bool isBoth = layer.Class == "Bidirectional";
        LayerConfig forward = isBoth ? layer.Inner("layer") ?? throw layer.Rejected("without a layer", "SimpleRNN, LSTM and GRU can be both ways") : layer;
        LayerConfig? backward = isBoth ? layer.Inner("backward_layer") : null;
        RecurrentCell cell = CellOf(layer, forward);
        bool isReverse = !isBoth && forward.Is("go_backwards");
        RequireDefaults(layer, forward, goesBackwards: isReverse);
        if (backward is not null)
        {
            RequireDefaults(layer, backward, goesBackwards: true);
            bool isAlike = CellOf(layer, backward) == cell && backward.Is("use_bias", standard: true) == forward.Is("use_bias", standard: true) && backward.Whole("units") == forward.Whole("units");
            if (!isAlike || (backward.Says(Sequences) && backward.Is(Sequences) != forward.Is(Sequences)))
            {
                throw layer.Rejected("whose backward layer is another one than the forward layer", "both directions are alike");
            }
        }

        if (forward.Is("stateful"))
        {
            note(Invariant($"{ForeignText.Shown(layer.Place)} is stateful: there a call begins with the state of the one before. Here Predict begins with zeros, CreateState streams, and CarryState trains so."));
        }

        returnsSequences = forward.Is(Sequences);
        if (isReverse && returnsSequences)
        {
            throw layer.Rejected("with go_backwards=True and return_sequences=True, whose outputs are in the other order of steps", "a layer that goes backwards and has one output can, and Bidirectional");
        }

        return Weights(layer, forward, cell, isBoth) with { IsReverse = isReverse };
    }

    /// <summary>What joins both directions' outputs: a map of them, which is a dense layer; null where they are side by side, or there is one direction.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="read">What was read of it.</param>
    public LinearModule? Merged(LayerConfig layer, KerasRecurrent read)
    {
        string mode = read.Backward is null ? "concat" : layer.Text("merge_mode", "none");
        double? share = mode switch
        {
            "concat" => null,
            "sum" => 1,
            "ave" => 0.5,
            _ => throw layer.Rejected(Invariant($"with merge_mode {ForeignText.Shown(mode)}"), "both directions side by side (concat), their sum and their average (ave) are imported"),
        };
        if (share is not { } factor)
        {
            return null;
        }

        int units = read.OutputSize / 2;
        Tensor map = Tensor.Zeros("", units, 2 * units);
        for (int j = 0; j < units; j++)
        {
            map.Values[(j * 2 * units) + j] = map.Values[(j * 2 * units) + units + j] = factor;
        }

        note(Invariant($"{ForeignText.Shown(layer.Place)} joins its directions with merge_mode {ForeignText.Shown(mode)}: a dense layer behind it does that, with a matrix of {factor} and 0, which would be trained."));
        return new LinearModule(layer.Place, map, Tensor.Zeros("", units));
    }

    /// <summary>A layer's weights, as many as it must have.</summary>
    public static List<Tensor> Take(KerasWeights weights, LayerConfig layer, int count, params ReadOnlySpan<string> parts)
    {
        List<Tensor> tensors = weights.Of(layer, parts);
        return tensors.Count == count ? tensors : throw new ForeignFileException(Invariant($"{ForeignText.Shown(layer.Place)}, a {ForeignText.Shown(layer.Class)}, should have {count} arrays of weights, but has {tensors.Count}: the file is damaged, or of another version."));
    }

    public static ForeignFileException Damaged(LayerConfig layer, Tensor tensor) => new(Invariant($"{ForeignText.Shown(tensor.Name)} of {ForeignText.Shown(layer.Place)} is {tensor.ShapeText}, which does not fit its configuration: the file is damaged."));

    private KerasRecurrent Weights(LayerConfig layer, LayerConfig forward, RecurrentCell cell, bool isBoth)
    {
        bool hasBias = forward.Is("use_bias", standard: true);
        int each = hasBias ? 3 : 2;
        List<Tensor> tensors = isBoth ? Take(weights, layer, 2 * each, "forward_layer/cell", "backward_layer/cell") : Take(weights, layer, each, "cell");
        return new KerasRecurrent(layer.Place, cell, Direction(0), isBoth ? Direction(each) : null);

        KerasDirection Direction(int first)
        {
            int units = forward.Whole("units");
            long columns = (long)cell.Gates * units;
            Tensor kernel = tensors[first], recurrent = tensors[first + 1];
            Tensor? bias = hasBias ? tensors[first + 2] : null;
            Require(kernel, kernel.Shape is [> 0, int k] && k == columns);
            Require(recurrent, recurrent.Shape is [int rows, int r] && rows == units && r == columns);
            Require(bias, bias is null || (cell.Form == ForeignLayerKind.Gru ? bias.Shape is [2, int c] && c == columns : bias.Shape is [int b] && b == columns));
            return new KerasDirection(kernel, recurrent, bias);
        }

        void Require(Tensor? tensor, bool isRight)
        {
            if (!isRight)
            {
                throw Damaged(layer, tensor!);
            }
        }
    }

    // A plain layer has no gates; a gated one has its function twice in an LSTM.
    private RecurrentCell CellOf(LayerConfig layer, LayerConfig inner)
    {
        ForeignLayerKind form = FormOf(layer, inner);
        CellFunction function = KerasFunctions.Of(layer, inner, "activation", "tanh", origin);
        RecurrentCell cell = new() { Form = form, Candidate = function, Output = form == ForeignLayerKind.Lstm ? function : CellFunctions.Tanh };
        if (form == ForeignLayerKind.Rnn)
        {
            return cell;
        }

        return inner.Says(Gates) || origin.GateFunction is not null ? cell with { Gate = KerasFunctions.Of(layer, inner, Gates, origin.GateFunction ?? "", origin) } : throw Unsaid(layer, Gates);
    }

    private ForeignFileException Unsaid(LayerConfig layer, string option) =>
        layer.Rejected(Invariant($"without {option}, whose default the version {ForeignText.Shown(origin.Version ?? "of the file")} does not say"), "load the model in Keras and save it again");

    private ForeignLayerKind FormOf(LayerConfig layer, LayerConfig inner) => inner.Class switch
    {
        "SimpleRNN" => ForeignLayerKind.Rnn,
        "LSTM" => ForeignLayerKind.Lstm,
        "GRU" => ResetsAfter(layer, inner) ? ForeignLayerKind.Gru : ForeignLayerKind.ResetBeforeGru,
        _ => throw layer.Rejected(Invariant($"of {ForeignText.Shown(inner.Class)}"), "SimpleRNN, LSTM and GRU can be both ways"),
    };

    // A file that does not say it has the default of its version, which its bias shows where it is unknown: there are two of them with reset_after.
    private bool ResetsAfter(LayerConfig layer, LayerConfig gru)
    {
        if (gru.Says("reset_after"))
        {
            return gru.Is("reset_after");
        }

        return origin.ResetsAfter ?? (gru.Is("use_bias", standard: true) && weights.Of(layer, "cell") is [_, _, var bias, ..] ? bias.Shape.Count == 2
            : throw Unsaid(layer, "reset_after"));
    }

    private static void RequireDefaults(LayerConfig layer, LayerConfig inner, bool goesBackwards)
    {
        if (inner.Is("go_backwards") != goesBackwards)
        {
            throw layer.Rejected(goesBackwards ? "whose backward layer goes forwards" : "with go_backwards=True", "the layer within Bidirectional goes forwards, and its backward layer backwards");
        }

        foreach (string option in (string[])["return_state", "time_major"])
        {
            if (inner.Is(option))
            {
                throw layer.Rejected(Invariant($"with {option}=True"), "save the model without it");
            }
        }
    }
}
