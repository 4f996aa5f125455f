namespace RnnGen.Generator.Common;

internal enum Stage { Parsing, Planning, Emitting, Kernels }

/// <summary>
/// The stages from one declaration to its code. A failure in one stays with its declaration: the generator leaves that model out and writes the
/// others, and the analyzer reports the exception (RNN048).
/// </summary>
internal static class Stages
{
    /// <summary>For tests of failures: told of each stage and of what it works on, and may throw.</summary>
    public static Action<Stage, string>? Entered { get; set; }

    /// <param name="subject">The name of the class, or of the kernels.</param>
    public static void Enter(Stage stage, string subject) => Entered?.Invoke(stage, subject);

    /// <summary>What <paramref name="run"/> returns, or <paramref name="otherwise"/> where it throws anything but a cancellation.</summary>
    public static T Contain<T>(T otherwise, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return otherwise;
        }
    }
}
