namespace RnnGen.Exchange.Model;

/// <summary>What a step of a recurrent layer computes, as far as files of other frameworks differ in it: the form of the equations, their functions, and a bound of the sums that these read.</summary>
internal sealed record RecurrentCell
{
    /// <summary><see cref="ForeignLayerKind.Rnn"/>, <see cref="ForeignLayerKind.Lstm"/>, <see cref="ForeignLayerKind.Gru"/> or <see cref="ForeignLayerKind.ResetBeforeGru"/>.</summary>
    public required ForeignLayerKind Form { get; init; }

    /// <summary>The function of all gates; a plain layer has none.</summary>
    public CellFunction Gate { get; init; } = CellFunctions.Sigmoid;

    /// <summary>The function of what a step adds, and of a plain layer's sum.</summary>
    public CellFunction Candidate { get; init; } = CellFunctions.Tanh;

    /// <summary>The function of the cell state in an LSTM's output.</summary>
    public CellFunction Output { get; init; } = CellFunctions.Tanh;

    /// <summary>What the functions of gates and candidate read is from -Clip to Clip; infinite for no bound. The cell state has none.</summary>
    public double Clip { get; init; } = double.PositiveInfinity;

    /// <summary>Whether an LSTM's gates see the cell state.</summary>
    public bool HasPeepholes { get; init; }

    /// <summary>Whether an LSTM's forget gate is what its input gate leaves.</summary>
    public bool IsCoupled { get; init; }

    public bool IsClipped => !double.IsPositiveInfinity(Clip);

    public bool HasCellState => Form == ForeignLayerKind.Lstm;

    /// <summary>Blocks of rows in the matrices.</summary>
    public int Gates => Form switch
    {
        ForeignLayerKind.Rnn => 1,
        ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => 3,
        ForeignLayerKind.Lstm => IsCoupled ? 3 : 4,
        _ => throw NoForm(),
    };

    /// <summary>Gates that see the cell state.</summary>
    public int Peepholes => !HasPeepholes ? 0 : IsCoupled ? 2 : 3;

    /// <summary>What declares it: an attribute of RnnGen's, or <see cref="ForeignLayerKind.Recurrent"/> with equations of its own.</summary>
    public ForeignLayerKind Kind => !HasUsualFunctions || (IsCoupled && HasPeepholes) ? ForeignLayerKind.Recurrent
        : IsCoupled ? ForeignLayerKind.CoupledLstm
        : HasPeepholes ? ForeignLayerKind.PeepholeLstm
        : Form;

    /// <summary>What the attribute of a plain layer says of its function.</summary>
    public Activation Activation => Kind != ForeignLayerKind.Rnn ? Activation.Identity : Candidate == CellFunctions.Relu ? Activation.Relu : Activation.Tanh;

    private bool HasUsualFunctions => !IsClipped && Form switch
    {
        ForeignLayerKind.Rnn => Candidate == CellFunctions.Tanh || Candidate == CellFunctions.Relu,
        ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => Gate == CellFunctions.Sigmoid && Candidate == CellFunctions.Tanh,
        ForeignLayerKind.Lstm => Gate == CellFunctions.Sigmoid && Candidate == CellFunctions.Tanh && Output == CellFunctions.Tanh,
        _ => throw NoForm(),
    };

    /// <summary>Its functions by what they are for.</summary>
    public IReadOnlyList<(string Role, CellFunction Function, CellFunction Usual)> Roles => Form switch
    {
        ForeignLayerKind.Rnn => [("output", Candidate, CellFunctions.Tanh)],
        ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru => [("gates", Gate, CellFunctions.Sigmoid), ("candidate", Candidate, CellFunctions.Tanh)],
        ForeignLayerKind.Lstm => [("gates", Gate, CellFunctions.Sigmoid), ("candidate", Candidate, CellFunctions.Tanh), ("output", Output, CellFunctions.Tanh)],
        _ => throw NoForm(),
    };

    public double GateOf(double sum) => Gate.Compute(Clipped(sum));

    public double CandidateOf(double sum) => Candidate.Compute(Clipped(sum));

    public double OutputOf(double state) => Output.Compute(state);

    private double Clipped(double x) => IsClipped ? Math.Clamp(x, -Clip, Clip) : x;

    private InvalidOperationException NoForm() => new(Invariant($"{Form} is no form of a cell."));
}
