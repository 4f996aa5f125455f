using System.Linq;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning;

/// <summary>
/// What a streaming step takes of a small machine's core, estimated from the model's sizes: the longer of its arithmetic and of reading its weights once. It is careful: a core of a
/// present desktop machine is several times faster.
/// </summary>
/// <param name="IsStep">Whether it is one step; of a model that does not stream it is the prediction of a sequence.</param>
/// <param name="Operations">Multiplications and additions of the products, and <see cref="OperationsPerValue"/> for each value of a gate.</param>
/// <param name="Bytes">Bytes of the weights, as often as they are read.</param>
/// <param name="OperationRate">Operations in a microsecond: one multiply-add of 128 bits at each cycle of a core of 1 GHz.</param>
internal sealed record StepCost(bool IsStep, long Operations, long Bytes, long OperationRate)
{
    /// <summary>Bytes in a microsecond, about what one channel of memory gives.</summary>
    public const long ByteRate = 8_000;

    /// <summary>A tanh or a sigmoid, and what the equations do with it.</summary>
    private const int OperationsPerValue = 32;

    public double Microseconds => Math.Max(Operations / (double)OperationRate, Bytes / (double)ByteRate);

    public static StepCost Of(PlanLayout layout)
    {
        bool isStep = layout.Stream is not null;
        long operations = 0;
        foreach (PlannedLayer layer in layout.Flow.Units.OfType<PlannedLayer>())
        {
            long steps = isStep ? 1 : layer.Steps;
            operations += steps * (2 * layer.MatrixValues + OperationsPerValue * layer.Plan.Lanes * layer.Plan.Size);
        }

        return new StepCost(isStep, operations, MemoryAccount.WeightsRead(layout), 2 * (16 / Scalar.Bytes(layout.Model.Precision)) * 1_000);
    }
}
