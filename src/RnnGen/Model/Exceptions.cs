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
