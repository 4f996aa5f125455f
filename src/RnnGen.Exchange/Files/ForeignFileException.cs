namespace RnnGen.Exchange;

/// <summary>A file of another framework cannot be read, or holds what no declaration can say. Nothing was written.</summary>
public sealed class ForeignFileException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, where, and what to do.</param>
    public ForeignFileException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What was found, where, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ForeignFileException(string message, Exception innerException) : base(message, innerException) { }
}
