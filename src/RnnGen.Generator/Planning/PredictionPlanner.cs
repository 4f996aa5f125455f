using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>Lays out the prediction scratch and writes its schedule, step by step, for models whose steps depend on earlier ones only.</summary>
internal sealed class PredictionPlanner
{
    private readonly ModelSpecification _specification;
    private readonly IReadOnlyList<PlannedUnit> _units;
    private readonly StepLayout _layout;
    private readonly ArenaBuffer? _embedded;
    private readonly int _inputRow;

    /// <summary>Lays out the steps of whole sequences, or of a stream.</summary>
    public PredictionPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units, StepMode mode)
    {
        (_specification, _units) = (specification, units);
        _layout = new StepLayout(specification, mode, new MemoryPlan(Scalar.PerBlock(specification.Precision)), mode == StepMode.Batch ? specification.BatchSize : 1);
        _layout.Reserve(units);

        // Several sequences' rows of the embedding are gathered at each step; a single one's is read where it stands.
        _inputRow = Scalar.InputRow(specification.FeatureSize, specification.Precision);
        _embedded = specification.Embedding is not null && mode == StepMode.Batch ? _layout.Add("embedded tokens", _inputRow) : null;
    }

    /// <summary>Length of the scratch in values, however large it is.</summary>
    public long Length => _layout.Memory.Length;

    /// <summary>The steps of whole sequences, or an even and an odd step of a stream, at each of which every layer runs.</summary>
    public PredictionPlan Schedule()
    {
        PlannedLayer head = (PlannedLayer)_units[_units.Count - 1];
        StepSchedule schedule = new(_layout, Input);
        bool streams = _layout.Mode == StepMode.Stream;
        int steps = streams ? 2 : _specification.SequenceLength;
        List<IReadOnlyList<Call>> calls = [];
        for (int t = 0; t < steps; t++)
        {
            int step = t;
            IEnumerable<Call> ofStep = Gather(step).Concat(_units.SelectMany(u => schedule.Of(u, step, isEnd: streams || step == steps - 1)));
            string note = $"t = {step}";
            calls.Add(streams ? ofStep.ToList() : ofStep.Select(c => c with { Note = note }).Concat(Output(head, step)).ToList());
        }

        return new PredictionPlan
        {
            ArenaLength = _layout.Memory.Length,
            Buffers = _layout.Memory.Buffers,
            States = _layout.States,
            Outputs = _layout.Values(head, 0),
            Pool = _layout.Pool,
            Starts = _layout.States.Select(s => (Call)(InitialStates.Start(s.Layer, s.Name, s.Even.Offset, _layout.All) with { Note = $"{s.Layer.Name} {s.Name}" })).ToList(),
            Steps = calls,
        };
    }

    private IEnumerable<Call> Gather(int step)
    {
        if (_embedded is not null)
        {
            yield return new GatherTokens(step, _specification.FeatureSize, _embedded.Offset, _inputRow, new RowRange(RowSet.Live, Clock.Input, step));
        }
    }

    // A step of the sequence itself, or an embedding's rows: gathered for several sequences, in place for one. A stream is given either at each step.
    private SourceRows Input(PlannedLayer layer, int step)
    {
        int size = _specification.InputSize;
        return _embedded is not null ? new SourceRows(Argument.Arena, _embedded.Offset, _inputRow)
            : _layout.Mode == StepMode.Stream ? new SourceRows(new Argument.Memory(Store.Input), 0, size)
            : _specification.Embedding is { } table ? new SourceRows(new Argument.TokenRow(step, table.Size), 0, _inputRow)
            : new SourceRows(new Argument.Memory(Store.Input), step * size, _specification.InputLength);
    }

    private IEnumerable<Call> Output(PlannedLayer head, int step)
    {
        int steps = _specification.OutputSteps, size = _specification.OutputSize, output = step - (_specification.SequenceLength - steps);
        if (output >= 0)
        {
            RowRange rows = _layout.IsOne ? _layout.All : _layout.Live(head, step) with { Group = Clock.Input };
            Call copy = new CopyOutputs(_layout.Values(head, step).Offset, head.Plan.OutputRow, output * size, steps * size, rows);
            yield return head.RunsAtEnd ? copy : _layout.AtStep(copy, step);
        }
    }
}
