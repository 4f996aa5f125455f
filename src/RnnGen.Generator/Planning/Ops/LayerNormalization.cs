using System.Collections.Generic;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>Each row's values with mean 0 and variance 1, scaled and shifted; J. Ba et al. 2016.</summary>
internal sealed class LayerNormalization : Op
{
    private const string RowGradients = "gradients of each row";

    // The factor of each value, and what is added to it.
    private readonly PlannedVector _gain, _shift;

    // What is added to the variance.
    private readonly double _epsilon;

    public LayerNormalization(OpDeclaration declared)
        : base(declared.Name, declared.Source, declared.Source.Width)
    {
        (Declared, Sources) = (declared.Layer, [declared.Source]);
        _epsilon = declared.Layer.OpNumber("epsilon");
        _gain = declared.AddVector("weight", Width, "Gain");
        _shift = declared.AddVector("bias", Width, "Bias");
    }

    private PlannedUnit Source => Sources[0];

    public override long Parameters => _gain.Length + _shift.Length;

    public override bool Learns => !_gain.Tensor.IsFrozen;

    public override IEnumerable<Call> Forward(ForwardLayout layout)
    {
        yield return new Normalize(_gain, _shift, layout.Values(Source), layout.Values(this), _epsilon, Steps, RowRange.OverSteps(Clock)) { Note = Name };
    }

    public override void ReserveBackward(BackwardLayout layout) => layout.ReserveToTheEnd(this, RowGradients, $"gradients of {Name} of each row", 2 * Width);

    public override IEnumerable<Call> Backward(BackwardLayout layout)
    {
        // A normalisation that is learned over values that are not has nowhere else to put their adjoint.
        ValueRows from = layout.Adjoint(this), to = Source.Flows ? layout.Adjoint(Source) : from;
        int gradients = layout[this, RowGradients].Offset;
        yield return new ClearRows(gradients, 2 * Width, RowRange.All) { Note = $"{RowGradients} = 0" };
        yield return new NormalizeAdjoint(_gain, layout.Forward.Values(Source), new AdjointPlaces(from, to, gradients), _epsilon, Steps, !Source.Flows || layout.IsLastReader(this, Source), RowRange.OverSteps(Clock))
        {
            Note = $"the adjoint of {Source.Name}",
        };
        if (!_gain.Tensor.IsFrozen)
        {
            yield return new SumRows(gradients, 2 * Width, Width, layout.VectorGradients[_gain].Offset) { Note = $"the gradient of {_gain.Tensor.Name}, over the rows" };
            yield return new SumRows(gradients + Width, 2 * Width, Width, layout.VectorGradients[_shift].Offset) { Note = $"the gradient of {_shift.Tensor.Name}, over the rows" };
        }
    }

    public override IEnumerable<Call> Step(StepLayout layout, int step, bool isEnd)
    {
        if (!RunsAtEnd || isEnd)
        {
            yield return new Normalize(_gain, _shift, layout.Values(Source, step) with { StepLength = 0 }, layout.Own(this), _epsilon, 1, layout.All);
        }
    }

    public override UnitNotes Documentation =>
        $"{Name}: LayerNorm, (x - mean) / √(variance + {Argument.Real.TextOf(_epsilon)}) × {_gain.Tensor.Name} + {_shift.Tensor.Name} over the {Width} values of a step.";

    public override SummaryLine Summary => new($"{Name}: LayerNorm", Width, Width, Parameters, Steps);
}

/// <summary>Each row with mean 0 and variance 1, scaled and shifted.</summary>
internal sealed record Normalize(PlannedVector Gain, PlannedVector Shift, ValueRows From, ValueRows To, double Epsilon, int Steps, RowRange Rows) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with { From = From.From(step), To = To.From(step), Steps = 1, Rows = Rows.Of(unit, step) };

    public override Invocation Invocation => Invocation.OfRuntime("LayerNormalization.Forward", Argument.Arena, Gain, Shift, From, To, Gain.Length, Epsilon, Steps, Rows);
}

/// <summary>The adjoint of normalised values becomes that of the values, and each row's part of the gradients of scale and shift.</summary>
/// <param name="Values">What was normalised.</param>
/// <param name="IsWritten">Whether the adjoint is written, and not added to what stands there.</param>
internal sealed record NormalizeAdjoint(PlannedVector Gain, ValueRows Values, AdjointPlaces Adjoints, double Epsilon, int Steps, bool IsWritten, RowRange Rows) : Call, ISteppedCall
{
    public Call Of(PlannedUnit unit, int step) => this with
    {
        Values = Values.From(step),
        Adjoints = Adjoints with { From = Adjoints.From.From(step), To = Adjoints.To.From(step) },
        Steps = 1,
        Rows = Rows.Of(unit, step),
    };

    public override Invocation Invocation => Invocation.OfRuntime(
        "LayerNormalization.Backward", Argument.Arena, Gain, Values, Adjoints.From, Adjoints.To, Adjoints.Gradients, Gain.Length, Epsilon, Steps, IsWritten, Rows);
}

/// <summary>Where the adjoints of a normalisation are stored.</summary>
/// <param name="Gradients">Where each row's part of the gradients goes.</param>
internal sealed record AdjointPlaces(ValueRows From, ValueRows To, int Gradients);
