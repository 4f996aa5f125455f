namespace RnnGen;

/// <summary>A loss or a gradient is not a finite number. Nothing was updated.</summary>
/// <param name="message">What was not finite, and where.</param>
public sealed class NonFiniteException(string message) : ArithmeticException(message);

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
