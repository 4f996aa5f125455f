using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>
/// The steps that a convolution reads at a step, side by side, the earliest first. Where whole sequences are there, each is laid out once with zero around it, and a window is a stretch of it; a
/// sequence that is fed step by step has a ring of past steps.
/// </summary>
internal sealed class StepWindows : Op
{
    private const string Past = "past";

    // Of rows beyond it no buffer holds one.
    private const int LargestRow = int.MaxValue - 1024;

    private readonly ConvolutionSpecification _windows;
    private readonly bool _carries;

    private StepWindows(ModelSpecification model, PlannedUnit source, ConvolutionSpecification windows)
        : base($"windows of {source.Name}", source, windows.Kernel * source.Width)
    {
        (_windows, Sources) = (windows, [source]);
        _carries = IsStateful = model.IsCausal;

        // Products of a block of steps are faster than those of one step after the other.
        ReadsAhead = model.PredictionWeights == WeightFormat.Float;
    }

    /// <summary>A window of one step is the step.</summary>
    public static PlannedUnit Before(FlowBuilder flow, LayerPlace place, PlannedUnit values) =>
        place.Layer.Convolution is { Kernel: > 1 } windows ? flow.Add(new StepWindows(flow.Model, values, windows)) : values;

    private PlannedUnit Source => Sources[0];

    private int Back => (int)_windows.Back;

    private int Ahead => (int)_windows.Ahead;

    // Steps of a laid out sequence, of one remainder by the dilation.
    private int PhaseSteps => (Back + Steps + Ahead + _windows.Dilation - 1) / _windows.Dilation;

    private int PhaseLength => Saturated.ToInt((long)PhaseSteps * Source.Width);

    public override bool ReadsAhead { get; }

    public override void Reserve(ForwardLayout layout, int lastUse) => layout.Reserve(this, UnitBuffers.Values, Name, 1, RowOf(layout.Specification), lastUse);

    public override ValueRows Values(ForwardLayout layout) => LaidOut(layout[this, UnitBuffers.Values].Offset, layout.Specification);

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        bool goesOn = _carries && layout.Trains;
        if (goesOn)
        {
            yield return new BeginSteps(Values(layout), Shape(PhaseLength), RowRange.All) { Starts = true, Note = $"{Past} steps of {Source.Name} before the first step = 0" };
        }

        yield return new SpreadSteps(layout.MemoryOf(Source), layout.Values(Source), Values(layout), Shape(PhaseLength), goesOn, RowRange.OverSteps(Clock)) { Note = Name };
    }

    // Past steps before the first step, and their adjoints: from the oldest to the newest.
    private int PastRow(ModelSpecification model) => Scalar.PaddedRow(Saturated.ToInt((long)Back * Source.Width), model.Precision);

    private ValueRows PastAdjoint(BackwardLayout layout) => new(layout[this, Past].Offset, Source.Width, PastRow(layout.Specification));

    /// <summary>Steps that follow each other are one state, others a state each.</summary>
    public override IReadOnlyList<CarriedState> Carried(BackwardLayout layout)
    {
        if (!_carries)
        {
            return [];
        }

        ValueRows values = Values(layout.Forward), adjoint = PastAdjoint(layout);
        return _windows.Dilation == 1 ? [new(this, Past, values, adjoint, Back * Source.Width)]
            : [.. Enumerable.Range(0, Back).Select(step => new CarriedState(this, $"{Past} {step}", values, adjoint with { Offset = adjoint.At(step) }, Source.Width) { First = step })];
    }

    public override void ReserveBackward(BackwardLayout layout)
    {
        if (_carries)
        {
            layout.ReserveCarry(this, Past, $"adjoint of {Past} steps of {Source.Name}", PastRow(layout.Specification));
        }
    }

    public override IEnumerable<Call> Backward(BackwardLayout layout)
    {
        ValueRows windows = layout.Adjoint(this);
        bool isRecomputed = layout.Specification.IsRecomputed;
        if (_carries)
        {
            yield return new ClearRows(layout[this, Past].Offset, PastRow(layout.Specification), RowRange.All) { Note = $"the adjoint of what is read after the last step = 0" }.Where(isRecomputed, Condition.AreLast);
        }

        if (Source.Flows)
        {
            yield return new CollectSteps(windows, layout.Adjoint(Source), Shape(0), layout.IsLastReader(this, Source), RowRange.OverSteps(Clock)) { Note = $"the adjoint of {Source.Name}" };
            if (_carries && isRecomputed)
            {
                yield return new CollectLater(PastAdjoint(layout), layout.Adjoint(Source), Shape(0), RowRange.OverSteps(Clock)) { Note = "and what later windows read" };
            }
        }

        if (_carries)
        {
            yield return new CollectPast(windows, PastAdjoint(layout), Shape(0), RowRange.OverSteps(Clock)) { Note = "the adjoint of the steps before the first" }.Where(true, Condition.HaveStates);
        }
    }

    public override void ReserveStep(StepLayout layout)
    {
        if (LaysOut(layout))
        {
            layout.Reserve(this, UnitBuffers.Values, Name, RowOf(layout.Specification));
            return;
        }

        layout.AddRing(this, Past, Back, Source.Width);
        if (!ReadsPast(layout))
        {
            base.ReserveStep(layout);
        }
    }

    public override ValueRows StepValues(StepLayout layout, int step) =>
        LaysOut(layout) ? LaidOut(LaidOut(layout[this, UnitBuffers.Values].Offset, layout.Specification).At(step), layout.Specification)
        : ReadsPast(layout) ? new(layout.State(this, Past).Even.Offset, 0, Source.Width)
        : layout.Own(this);

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        SourceRows from = layout.Source(Source.Predicted, step);
        if (LaysOut(layout))
        {
            ValueRows laid = LaidOut(layout[this, UnitBuffers.Values].Offset, layout.Specification);
            if (step == 0)
            {
                yield return new BeginSteps(laid, Shape(PhaseLength), layout.Live(this, step));
            }

            yield return new PutSteps(from, laid with { Offset = laid.At(Back + step) }, Source.Width, layout.Live(this, step));
            yield break;
        }

        PredictionState past = layout.State(this, Past);
        if (layout.Mode != StepMode.Block)
        {
            yield return new WindowsOfStep(from, layout.Own(this), new(past.Even.Offset, 0, past.Row), Shape(0), layout.Live(this, step));
            yield break;
        }

        yield return new PutSteps(from, new(past.Even.Offset + past.Size, 0, Source.Width), Source.Width, layout.All);
        if (!ReadsPast(layout))
        {
            yield return new WindowsOfBlock(past.Even.Offset, layout.Own(this), Shape(0), layout.All);
        }
    }

    // Whether all steps of a sequence are kept, as in training, so that each window is a stretch of them.
    private static bool LaysOut(StepLayout layout) => layout.Mode is StepMode.Batch or StepMode.Single;

    // Whether the windows of a block are stretches of the steps before it and its own.
    private bool ReadsPast(StepLayout layout) => layout.Mode == StepMode.Block && _windows.Dilation == 1;

    private ValueRows LaidOut(int offset, ModelSpecification model) => new(offset, Source.Width, RowOf(model)) { Phases = _windows.Dilation, PhaseLength = PhaseLength };

    /// <summary>The gradients of the weights of dilated windows are summed by the steps of one remainder, of which a chunk has at most one for each step.</summary>
    public override long Lines => base.Lines + (_windows.Dilation == 1 ? 0 : Steps);

    public override UnitNotes Documentation =>
        $"{Name}: {_windows.Kernel} steps of {Source.Width} values{(_windows.Dilation == 1 ? "" : $", each {_windows.Dilation} from the next")}, the last one {(Ahead == 0 ? "the step itself" : $"{Ahead} after the step")}; zero beyond a sequence's ends.";

    private WindowShape Shape(int phaseLength) => new(Source.Width, _windows.Kernel, _windows.Dilation, Back, phaseLength);

    private int RowOf(ModelSpecification model) => Scalar.PaddedRow((int)Math.Min((long)_windows.Dilation * PhaseLength, LargestRow), model.Precision);
}

/// <summary>The windows of a convolution, as the runtime knows them.</summary>
internal sealed record WindowShape(int Width, int Kernel, int Dilation, int Back, int PhaseLength)
{
    public Argument Argument => new Argument.Made([Width, Kernel, Dilation, Back, PhaseLength]);
}

/// <summary>Sequences are laid out with zero around each.</summary>
/// <param name="GoesOn">Whether what is in front of them is there already.</param>
internal sealed record SpreadSteps(Argument Memory, ValueRows From, ValueRows To, WindowShape Shape, bool GoesOn, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Convolution.Spread", Memory, new Argument.Made([From]), Argument.Arena, new Argument.Made([To]), Shape.Argument, GoesOn, Rows);
}

/// <summary>The adjoints of windows become those of the steps that they read.</summary>
/// <param name="IsWritten">Whether the adjoint is written, and not added to what stands there.</param>
internal sealed record CollectSteps(ValueRows From, ValueRows To, WindowShape Shape, bool IsWritten, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Convolution.Collect", Argument.Arena, new Argument.Made([From]), new Argument.Made([To]), Shape.Argument, IsWritten, Rows);
}

/// <summary>The adjoints of the steps that a later window reads become those of the steps themselves.</summary>
internal sealed record CollectLater(ValueRows Past, ValueRows To, WindowShape Shape, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Convolution.CollectLater", Argument.Arena, new Argument.Made([Past]), new Argument.Made([To]), Shape.Argument, Rows);
}

/// <summary>The adjoints of windows become those of the steps before the first one.</summary>
internal sealed record CollectPast(ValueRows From, ValueRows Past, WindowShape Shape, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Convolution.CollectPast", Argument.Arena, new Argument.Made([From]), new Argument.Made([Past]), Shape.Argument, Rows);
}

/// <summary>A step's windows, of its values and the rings of those before.</summary>
internal sealed record WindowsOfStep(SourceRows From, ValueRows To, ValueRows Rings, WindowShape Shape, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Convolution.Step", From.Memory, From.Offset, From.Row, Argument.Arena, new Argument.Made([To]), new Argument.Made([Rings]), Shape.Argument, Rows);
}

/// <summary>The places in front of each sequence's first step become zero.</summary>
internal sealed record BeginSteps(ValueRows To, WindowShape Shape, RowRange Rows) : Call
{
    /// <summary>Whether sequences that continue others have something else there.</summary>
    public bool Starts { get; init; }

    public override bool IsStart => Starts;

    public override Invocation Invocation => Invocation.OfRuntime("Convolution.Begin", Argument.Arena, new Argument.Made([To]), Shape.Argument, Rows);
}

/// <summary>Rows are put where windows read them.</summary>
internal sealed record PutSteps(SourceRows From, ValueRows To, int Width, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Convolution.Put", From.Memory, From.Offset, From.Row, Argument.Arena, To.Offset, To.Row, Width, Rows);
}

/// <summary>The windows of a block's steps.</summary>
/// <param name="Past">Where the steps before it are stored, with its own behind.</param>
internal sealed record WindowsOfBlock(int Past, ValueRows To, WindowShape Shape, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime("Convolution.Block", Argument.Arena, Past, new Argument.Made([To]), Shape.Argument, Rows);
}
