namespace VanishingGradients;

/// <summary>What a cell made of a task.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Task">The task.</param>
/// <param name="Memory">Steps to remember over.</param>
/// <param name="Measure">What the error is.</param>
/// <param name="Baseline">The error of the best answer that remembers nothing.</param>
/// <param name="Solved">The error below which the task is solved.</param>
/// <param name="Steps">Training steps taken.</param>
/// <param name="Norms">For each snapshot of the training, the norm of ∂L/∂h after each time step; infinite and undefined ones included.</param>
/// <param name="LossSteps">The steps, from the end, at which there is a loss.</param>
/// <param name="Error">The error on sequences that were not learned from.</param>
/// <param name="Failure">What ended the training early, where a value was not finite.</param>
internal sealed record Outcome(
    string Cell, string Task, int Memory, string Measure, double Baseline, double Solved, int Steps, IReadOnlyList<double[]> Norms, int LossSteps, double Error,
    string? Failure)
{
    public bool IsSolved => Error <= Solved;

    /// <summary>How much of the gradient at the steps that have a loss reaches the first step, at a snapshot.</summary>
    public double Reach(int snapshot) => Norms[snapshot][0] / Norms[snapshot].AsSpan(Norms[snapshot].Length - LossSteps)[0];
}

/// <summary>What a network does whose gradient grows from step to step.</summary>
/// <param name="Norms">The norm of ∂L/∂h after each time step, at the first training step.</param>
/// <param name="Growth">The factor by which it grows a time step, going back.</param>
/// <param name="Free">The error at each step without clipping, up to the first that is not finite.</param>
/// <param name="FirstNonFinite">The training step at which a value was not finite, from 1.</param>
/// <param name="Message">Which value.</param>
/// <param name="Clipped">The error at each step of the same run with clipping.</param>
/// <param name="ClippedNorms">The norm of ∂L/∂h after each time step, at the last step of that run.</param>
internal sealed record Explosion(
    double[] Norms, double Growth, IReadOnlyList<double> Free, int? FirstNonFinite, string Message, IReadOnlyList<double> Clipped, double[] ClippedNorms)
{
    public const int Memory = 60;
    public const double Radius = 1.5;
}
