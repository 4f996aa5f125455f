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
    /// <summary>Streams that share an arena: as many rows as a tile's weights are read for while what a step writes stays in the first two levels of the cache.</summary>
    public const int StreamRows = 32;

    /// <summary>Steps that are computed at once; longer blocks go in pieces. Enough to read the input's weights once for many steps, few enough that what is between two layers stays in the cache.</summary>
    public const int BlockSteps = 32;

    private readonly ModelSpecification _specification;
    private readonly IReadOnlyList<PlannedUnit> _units;
    private readonly StepLayout _layout;

    /// <summary>Lays out the steps of whole sequences, of streams, or of a block.</summary>
    public PredictionPlanner(ModelSpecification specification, IReadOnlyList<PlannedUnit> units, StepMode mode)
    {
        (_specification, _units) = (specification, units);
        _layout = new StepLayout(specification, mode, new MemoryPlan(Scalar.PerBlock(specification.Precision)), mode switch
        {
            StepMode.Batch => specification.BatchSize,
            StepMode.Streams => StreamRows,
            StepMode.Block => BlockSteps,
            StepMode.Single or StepMode.Stream => 1,
            _ => throw Choices.Unimplemented(mode),
        });
        _layout.Reserve(units);
    }

    /// <summary>Length of the scratch in values, however large it is.</summary>
    public long Length => _layout.Memory.Length;

    /// <summary>The steps of whole sequences; an even and an odd step of streams, or the steps of a block at once, at each of which every layer runs.</summary>
    public PredictionPlan Schedule()
    {
        StepSchedule schedule = new(_layout);
        bool streams = _layout.IsStreamed || _layout.Mode == StepMode.Block;
        int steps = _layout.Mode == StepMode.Block ? 1 : streams ? 2 : _specification.SequenceLength;
        List<IReadOnlyList<Call>> calls = [];
        for (int t = 0; t < steps; t++)
        {
            int step = t;
            IEnumerable<Call> ofStep = _units.SelectMany(u => schedule.Of(u, step, isEnd: streams || step == steps - 1));
            string note = $"t = {step}";
            calls.Add((streams ? ofStep : ofStep.Select(c => c with { Note = note })).ToList());
        }

        return new PredictionPlan
        {
            ArenaLength = _layout.Memory.Length,
            Buffers = _layout.Memory.Buffers,
            States = _layout.States,
            Outputs = _layout.Values(DataFlow.OutputsOf(_units), 0),
            Head = _layout.Values(DataFlow.ReadByLossOf(_units), 0),
            Kept = _layout.Kept,
            Pool = _layout.Pool,
            Starts = _layout.States.Select(s => (Call)InitialStates.Start(s, _layout.All)).ToList(),
            Steps = calls,
        };
    }
}
