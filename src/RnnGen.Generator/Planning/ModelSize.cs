using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>
/// How much of a model can be written: the limits of what is addressed, and an estimate of the lines of its text. What it keeps is not estimated: its
/// layout is exact.
/// </summary>
internal static class ModelSize
{
    /// <summary>Parameters, and the optimiser's moments beside them, stand in arrays.</summary>
    public const long ParametersLimit = 1L << 30;

    /// <summary>A buffer is one array, addressed by int.</summary>
    public const long BufferLimit = (1L << 31) - (1L << 16);

    /// <summary>About 40 MB of text, which the compiler still takes in its stride.</summary>
    public const long LinesLimit = 250_000;

    /// <summary>
    /// Lines of a main file that each layer adds besides its schedule, of one layer's kernels at three widths, and of each form of a group of
    /// blocks that is streamed to and fro.
    /// </summary>
    private const int LinesPerLayer = 150, LinesPerKernels = 2_500, LinesPerStreamedForm = 800;

    /// <summary>More layers than this are too many whatever they are.</summary>
    public const int LayersLimit = (int)(LinesLimit / LinesPerLayer);

    /// <summary>Lines of the generated text, roughly: the unrolled schedules, and what each layer and kernel takes.</summary>
    public static long LinesOf(PlanLayout layout)
    {
        BackwardLayout training = layout.Training;
        long trained = training.Units.Sum(u => LinesOf(u, training.ChunkSteps, layout.Model.GradientFlow));

        // Where training sees a window, prediction still sees all steps: of several sequences, and of one.
        long predicted = layout.Model.IsRecomputed ? layout.Flow.Units.Sum(u => u is Op op ? op.PredictedLines : 2L * u.Steps) : 0;
        IEnumerable<LayerPlan> kernels = training.Layers.GroupBy(l => l.Plan.Shape).Select(g => g.First().Plan);
        return trained + predicted + kernels.Sum(k => LinesPerKernels + (k.StreamsToAndFro ? (long)LinesPerStreamedForm * StreamedGroup.FormsOf(k) : 0));
    }

    // Forward, prediction of several and of one, the step back and its products, the gradients of each chunk.
    private static long LinesOf(PlannedUnit unit, int chunk, bool isWatched)
    {
        if (unit is Op op)
        {
            return op.Lines;
        }

        PlannedLayer layer = (PlannedLayer)unit;
        LayerPlan plan = layer.Plan;
        long chunks = (layer.Steps + chunk - 1) / chunk;
        if (plan.Scans && !isWatched)
        {
            // Training takes all steps at once, but for what rows of a layer that goes backwards begin with.
            return layer.Steps * (2 + (layer.IsReverse ? plan.States.Count : 0)) + chunks * (2 + plan.ReverseSources.Count + plan.Sources.Count) + LinesPerLayer;
        }

        long states = plan.States.Count, perStep = 4 + plan.ReverseSources.Count + (layer.IsReverse ? states : 0) + (isWatched ? 1 : 0) + (plan.Shape.DropsStates ? 2 * states : 0);
        return layer.Steps * perStep + chunks * (plan.Sources.Count + 1) + LinesPerLayer;
    }
}
