using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>
/// What stands around the layers' kernels: what they read that no unit makes, what is done between them, what becomes of the output. All that is known of an op
/// stands in its own file: where its values and adjoints are stored, its calls forward, back and when predicting step by step, and its line in the model's documentation. Layouts,
/// schedules and emitters ask every op the same questions, and know none by name.
/// </summary>
internal abstract class Op(string name, Clock clock, int steps, int width) : PlannedUnit(name, clock, steps)
{
    /// <summary>An op at the steps of what it reads.</summary>
    protected Op(string name, PlannedUnit like, int width)
        : this(name, like.Clock, like.Steps, width)
    {
    }

    public override int Width => width;

    /// <summary>Whether its values and their adjoint stand where those of its source do, or where the caller has them.</summary>
    /// <param name="trains">In training, or in prediction.</param>
    public virtual bool StandsInItsSource(bool trains) => false;

    /// <summary>Whether its values are what a prediction is asked for.</summary>
    public virtual bool GoesToTheCaller => false;

    /// <summary>Whether its values are a state's, so that who reads it writes the adjoint that the state carries.</summary>
    public virtual bool IsStateOf(PlannedLayer layer, string state) => false;

    /// <summary>Whether what reads it computes many steps of a sequence at once faster than one after the other.</summary>
    public virtual bool ReadsAhead => false;

    /// <summary>Whether its backward pass writes adjoints of all that it reads, learned or not.</summary>
    public virtual bool WritesAllAdjoints => false;

    /// <summary>Reserves what its forward pass writes.</summary>
    /// <param name="lastUse">When its values are last read.</param>
    public virtual void Reserve(ForwardLayout layout, int lastUse) => layout.Reserve(this, UnitBuffers.Values, Name, Steps, layout.RowOf(this), lastUse);

    /// <summary>Where its values are stored.</summary>
    public virtual ValueRows Values(ForwardLayout layout) => layout.Own(this);

    /// <summary>The memory that its values stand in.</summary>
    public virtual Argument MemoryOf(ForwardLayout layout) => Argument.Arena;

    /// <summary>Its calls, from the first step to the last.</summary>
    public abstract IEnumerable<Call> Forward(ForwardLayout layout);

    /// <summary>Its calls of one step, where training takes several units through each step together.</summary>
    public virtual IEnumerable<Call> ForwardStep(ForwardLayout layout, int step) => Forward(layout).OfType<ISteppedCall>().Select(c => c.Of(this, step));

    /// <summary>The unit that has what this one makes of the step before; null for all but what closes a loop over the steps.</summary>
    public virtual PlannedUnit? Resumes => null;

    /// <summary>Reserves the adjoint of its values.</summary>
    public virtual void ReserveAdjoint(BackwardLayout layout) => layout.ReserveAdjoint(this, $"{Name} adjoint");

    /// <summary>Reserves what its backward pass writes besides adjoints of values.</summary>
    public virtual void ReserveBackward(BackwardLayout layout)
    {
    }

    /// <summary>Its calls between the forward pass and the backward pass.</summary>
    public virtual IEnumerable<Call> BetweenPasses(BackwardLayout layout) => [];

    /// <summary>Its calls from its adjoint to those of its sources, and to the gradients of its parameters.</summary>
    public abstract IEnumerable<Call> Backward(BackwardLayout layout);

    /// <summary>Those of one step, where several units go through each step together.</summary>
    public virtual IEnumerable<Call> BackwardStep(BackwardLayout layout, int step) => Backward(layout).OfType<ISteppedCall>().Select(c => c.Of(this, step));

    /// <summary>Its states that may come from the sequence before, and go to the one after.</summary>
    public virtual IReadOnlyList<CarriedState> Carried(BackwardLayout layout) => [];

    /// <summary>What the runtime puts into the arena for it before a training step; null for what units make.</summary>
    public virtual PlannedInput? Given(BackwardLayout layout) => null;

    /// <summary>∂L/∂y, where it writes it: what the backward pass begins with; null for all but the loss.</summary>
    public virtual OutputAdjoint? Adjoint(BackwardLayout layout) => null;

    /// <summary>Where to look in it for a value that is not finite; null where those of its sources and readers say enough.</summary>
    public virtual TracedRows? Traced(BackwardLayout layout) => null;

    /// <summary>Reserves what a single step writes.</summary>
    public virtual void ReserveStep(StepLayout layout) => layout.Reserve(this, UnitBuffers.Values, Name, layout.RowOf(this));

    /// <summary>Where its values are stored after a step.</summary>
    public virtual ValueRows StepValues(StepLayout layout, int step) => layout.Own(this);

    /// <summary>What a layer reads of it in a step.</summary>
    public virtual SourceRows StepSource(StepLayout layout, int step) => SourceRows.InArena(layout.Values(this, step));

    /// <summary>Its calls in one step of a model that predicts step by step.</summary>
    /// <param name="isEnd">Whether what runs at the end runs in this step.</param>
    public abstract IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd);

    /// <summary>What the first sentence of the model's documentation ends with, where its readers must know of the op; empty for most.</summary>
    public virtual string Clause => "";

    /// <summary>What the model's documentation says of it; null where it needs no word.</summary>
    public virtual UnitNotes? Documentation => null;

    /// <summary>Its line in the model's table of layers, for an op that is declared as a layer.</summary>
    public virtual SummaryLine? Summary => null;

    /// <summary>Lines of the generated text that it takes, roughly: one that runs at the end may take part in every step of a prediction.</summary>
    public virtual long Lines => 10 + Sources.Max(s => (long)s.Steps);

    /// <summary>Those of them that prediction takes.</summary>
    public virtual long PredictedLines => 2L * Steps;
}
