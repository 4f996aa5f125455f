namespace RnnGen.Samples;

/// <summary>The command line, or a file that it names, cannot be used. The message is for the user, who sees nothing else.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class UsageException(string message) : Exception(message);
