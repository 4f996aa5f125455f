namespace RnnGen.Tool;

/// <summary>What was imported cannot be compiled, or computes other numbers than its file.</summary>
internal sealed class CheckException(string message) : Exception(message);
