using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>Lays out prediction layer by layer, for models in which a step depends on later ones, and then the steps of a decoder.</summary>
internal sealed class UnrolledPredictionPlanner
{
    /// <summary>The minimum number of rows of a decoder that predicts: beams of one sequence, or a batch.</summary>
    private const int MinimumDecodedRows = 16;

    private readonly IReadOnlyList<PlannedUnit> _units;
    private readonly ForwardLayout _forward;

    private readonly StepLayout? _decoder;

    public UnrolledPredictionPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units)
    {
        _units = units;
        _forward = new ForwardLayout(specification, units, specification.BatchSize, trains: false, LastUse);
        if (specification.Decoder is not null)
        {
            _decoder = new StepLayout(specification, StepMode.Decoder, _forward.Memory, Math.Max(specification.BatchSize, MinimumDecodedRows), _forward);
            _decoder.Reserve(Decoded);
        }
    }

    /// <summary>Length of the scratch in values, however large it is.</summary>
    public long Length => _forward.Memory.Length;

    private IReadOnlyList<PlannedUnit> Decoded => _units.Where(u => u.Clock == Clock.Output).ToList();

    // A decoder reads at all of its steps.
    private int LastUse(PlannedUnit unit) => _units.Where(u => u.Reads.Contains(unit))
        .Select(u => u.Clock == Clock.Output ? int.MaxValue : u is Op op && op.StandsInItsSource(trains: false) ? LastUse(u) : u.Index)
        .DefaultIfEmpty(int.MaxValue)
        .Max();

    public UnrolledPrediction Schedule()
    {
        DecoderPlan? decoder = _decoder is null ? null : OfDecoder(_decoder);
        ForwardSchedule schedule = new(_forward, []);
        return new UnrolledPrediction
        {
            ArenaLength = _forward.Memory.Length,
            Buffers = _forward.Memory.Buffers,
            Forward = [.. _units.Where(u => u.Clock != Clock.Output).SelectMany(schedule.Of), .. decoder is null ? [] : Starts(decoder)],
            Kept = _forward.Kept,
            Decoder = decoder,
        };
    }

    // An op's states start from zero.
    private IEnumerable<Call> Starts(DecoderPlan decoder) => decoder.States.Select(s => (Call)(s.Unit is PlannedLayer layer
        ? Start(_forward.Values(layer.Starts[s.Name]), s)
        : new ClearRows(s.Even.Offset, s.Row, RowRange.All) { Note = $"{s.Name} = 0 at the first step" }));

    private static CopyRows Start(ValueRows from, PredictionState state) =>
        new(from.Offset, from.Row, state.Size, state.Even.Offset, state.Row, RowRange.All) { Note = $"{state.Unit.Name} {state.Name} before its first step" };

    private DecoderPlan OfDecoder(StepLayout layout)
    {
        StepSchedule schedule = new(layout);
        return new DecoderPlan
        {
            Rows = layout.Rows,
            Fed = layout.Fed!,
            States = layout.States,
            Outputs = layout.Values(DataFlow.OutputsOf(_units), 0),
            Head = layout.Values(DataFlow.ReadByLossOf(_units), 0),
            Weights = layout.AttentionWeights,
            Steps = Enumerable.Range(0, 2).Select(parity => (IReadOnlyList<Call>)Decoded.SelectMany(u => schedule.Of(u, parity, isEnd: false)).ToList()).ToList(),
        };
    }
}
