namespace RnnGen.Exchange;

/// <summary>A model cannot be written in the format that was asked for. Nothing was written.</summary>
public sealed class ExportException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What cannot be said, where it is, and what to do.</param>
    public ExportException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What cannot be said, where it is, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ExportException(string message, Exception innerException) : base(message, innerException) { }
}
