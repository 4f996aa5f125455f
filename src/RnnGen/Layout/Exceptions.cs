namespace RnnGen;

/// <summary>A loss, a gradient, or logits that a class or token is to be chosen by are not finite. Nothing was updated.</summary>
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

    /// <summary>The sequence whose number is not finite, from 0, where it is known: its place in the batch that was given, or in the data that <c>Fit</c> and <c>Evaluate</c> were given.</summary>
    public int? Sequence { get; }

    /// <summary>The same, with the sequence's place in the data that the batch was taken from.</summary>
    internal NonFiniteException InData(int record, string source) => new(this, record, source);
}

/// <summary>A file or stream does not hold parameters of this model. The model is unchanged.</summary>
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

/// <summary>A checkpoint cannot be written, or none that can be read belongs to this training. Checkpoints that were complete still are; where reading failed, nothing has changed.</summary>
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
