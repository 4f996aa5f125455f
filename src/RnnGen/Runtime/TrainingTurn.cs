using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>
/// A model's turn: one call at a time measures a loss, computes gradients or changes parameters, since these calls share the model's memory. Generated
/// methods hold it from their checks to their end; predictions need none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct TrainingTurn
{
    private readonly ref int _taken;

    /// <summary>Takes the turn.</summary>
    /// <param name="taken">The model's field: 1 while the turn is taken.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="InvalidOperationException">Another call has the turn.</exception>
    public TrainingTurn(ref int taken, object model)
    {
        if (Interlocked.CompareExchange(ref taken, 1, 0) != 0)
        {
            Throw(model);
        }

        _taken = ref taken;
    }

    /// <summary>Gives the turn back.</summary>
    public void Dispose() => Volatile.Write(ref _taken, 0);

    private static void Throw(object model) => throw new InvalidOperationException(
        $"Another thread is training this {model.GetType().Name}, measuring its loss or replacing its parameters. One instance does one of these at a time (predictions may run meanwhile): " +
        "call them from one thread, give each thread a Clone(), or set Threads for a training on several cores. Nothing was changed.");
}
