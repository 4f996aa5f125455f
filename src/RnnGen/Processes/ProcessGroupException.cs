namespace RnnGen;

/// <summary>The processes of a <see cref="ProcessGroup"/> cannot work together: one does not answer, or they were started in different ways.</summary>
public sealed class ProcessGroupException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, in which process, and what to do.</param>
    public ProcessGroupException(string message) : base(message) { }

    /// <summary>Creates the exception for a process that does not answer.</summary>
    /// <param name="message">What failed, in which process, and what to do.</param>
    /// <param name="rank">The process that does not answer.</param>
    public ProcessGroupException(string message, int rank) : base(message) => Rank = rank;

    /// <summary>The process that does not answer, if it is known.</summary>
    public int? Rank { get; }
}
