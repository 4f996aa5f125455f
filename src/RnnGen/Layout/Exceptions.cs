namespace RnnGen;

/// <summary>A loss, a gradient, or a logit that a choice depends on is not finite. Nothing was updated.</summary>
public sealed class NonFiniteException : ArithmeticException
{
    private readonly string _before = "", _after = "";

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was not finite, and where.</param>
    public NonFiniteException(string message) : base(message) { }

    /// <summary>Creates the exception for a sequence of a batch.</summary>
    /// <param name="before">What was not finite, up to the place in the batch.</param>
    /// <param name="sequence">The sequence, from 0.</param>
    /// <param name="after">What follows.</param>
    internal NonFiniteException(string before, int sequence, string after)
        : base(Invariant($"{before}sequence {sequence}{after}")) => (_before, Sequence, _after) = (before, sequence, after);

    private NonFiniteException(NonFiniteException inBatch, int record, string source)
        : base(Invariant($"{inBatch._before}sequence {record} (from 0) of {source}{inBatch._after}"), inBatch) => (_before, Sequence, _after) = (inBatch._before, record, inBatch._after);

    /// <summary>The index of the sequence whose number is not finite, from 0, if it is known: in the batch of a call, or in the data of <c>Fit</c> and <c>Evaluate</c>.</summary>
    public int? Sequence { get; }

    /// <summary>What the message is made of, so that another process can throw the same.</summary>
    internal (string Before, int Sequence, string After)? Parts => Sequence is { } sequence ? (_before, sequence, _after) : null;

    /// <summary>The same exception for a piece of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="start">The step that the piece begins with.</param>
    internal NonFiniteException InPiece(int sequence, int start) => new(_before, sequence, start == 0 ? _after : Invariant($", counting steps from step {start} on{_after}"));

    /// <summary>The same exception with the sequence's index in the data instead of the batch.</summary>
    internal NonFiniteException InData(int record, string source) => new(this, record, source);
}

/// <summary>A file or stream does not hold the parameters of this model. The model is unchanged.</summary>
public sealed class ModelFileException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected, what was found, and what to do.</param>
    public ModelFileException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What was expected, what was found, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ModelFileException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A checkpoint cannot be written or read, or belongs to another training. Existing checkpoints stay intact; if reading failed, nothing has changed.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected, what was found, and what to do.</param>
    public CheckpointException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What was expected, what was found, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public CheckpointException(string message, Exception innerException) : base(message, innerException) { }
}
