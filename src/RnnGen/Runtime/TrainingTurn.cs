using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>A model that keeps its own training turn, as generated models do.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITurnKeeper
{
    /// <summary>0 while nobody has the turn; the number of a thread while its <c>Fit</c> or <c>Evaluate</c> has it and is between two calls; the negative number while a call of the thread has it.</summary>
    ref int Turn { get; }
}

/// <summary>
/// A model's turn: one call at a time measures a loss, computes gradients or changes parameters, since these calls share the model's memory. Generated
/// methods hold it from their checks to their end; a <c>Fit</c> and an <c>Evaluate</c> hold it for their thread from their first call to their last. Predictions need none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct TrainingTurn
{
    // The turns of models that have none of their own.
    private static readonly ConditionalWeakTable<object, StrongBox<int>> s_turns = [];

    private readonly ref int _turn;
    private readonly int _before;

    /// <summary>Takes the turn for one call.</summary>
    /// <param name="turn">The model's field, <see cref="ITurnKeeper.Turn"/>.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="InvalidOperationException">Another call has the turn, or another thread's <c>Fit</c> or <c>Evaluate</c>.</exception>
    public TrainingTurn(ref int turn, object model)
    {
        int thread = Environment.CurrentManagedThreadId, before = Interlocked.CompareExchange(ref turn, -thread, 0);
        if (before != 0)
        {
            if (before != thread)
            {
                Throw(model.GetType().Name, before, thread);
            }

            // Only this thread changes what it holds.
            Volatile.Write(ref turn, -thread);
        }

        _turn = ref turn;
        _before = before;
    }

    private TrainingTurn(ref int turn, int before)
    {
        _turn = ref turn;
        _before = before;
    }

    /// <summary>Takes the turn for all calls of this thread until it is released.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mayBeWithin">Whether this thread may hold the turn already: a callback measures the model that is trained.</param>
    /// <exception cref="InvalidOperationException">Another call has the turn, or a <c>Fit</c> or <c>Evaluate</c> of another thread, or of this one, if it may not be within it.</exception>
    internal static TrainingTurn Hold(object model, bool mayBeWithin)
    {
        ref int turn = ref TurnOf(model);
        int thread = Environment.CurrentManagedThreadId, before = Interlocked.CompareExchange(ref turn, thread, 0);
        if (before != 0 && !(before == thread && mayBeWithin))
        {
            Throw(model.GetType().Name, before, thread);
        }

        return new(ref turn, before);
    }

    /// <summary>Rejects a change that another thread's training would see: only the thread that has the turn may make it, or anybody while nobody has it.</summary>
    /// <param name="turn">The model's field.</param>
    /// <param name="model">The model's name.</param>
    /// <exception cref="InvalidOperationException">Another thread has the turn.</exception>
    internal static void RequireOwn(ref int turn, string model)
    {
        int thread = Environment.CurrentManagedThreadId, holder = Volatile.Read(ref turn);
        if (holder != 0 && Math.Abs(holder) != thread)
        {
            Throw(model, holder, thread);
        }
    }

    /// <summary>Whether this thread has the turn.</summary>
    /// <param name="turn">The model's field.</param>
    internal static bool IsOwn(ref int turn) => Math.Abs(Volatile.Read(ref turn)) == Environment.CurrentManagedThreadId;

    /// <summary>Returns the turn to its previous holder.</summary>
    public void Dispose() => Volatile.Write(ref _turn, _before);

    private static ref int TurnOf(object model)
    {
        if (model is ITurnKeeper own)
        {
            return ref own.Turn;
        }

        return ref s_turns.GetValue(model, static _ => new StrongBox<int>()).Value;
    }

    private static void Throw(string name, int holder, int thread)
    {
        throw new InvalidOperationException(
            holder == thread ? $"This {name} is in a Fit that has not ended (or an Evaluate), around this call. Wait for it, or train a Clone(). Nothing was changed."
            : holder == -thread ? $"This {name} is in a call that has not ended, around this one. Wait for it, or use a Clone(). Nothing was changed."
            : $"Another thread is training this {name}, measuring its loss or replacing its parameters. One instance does one of these at a time, and a Fit or an Evaluate is one from its start to its end " +
            "(predictions may run meanwhile): call them from one thread, give each thread a Clone(), or set Threads for a training on several cores. Nothing was changed.");
    }
}
