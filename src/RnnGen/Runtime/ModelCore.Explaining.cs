using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <content>How outputs are differentiated with respect to the input.</content>
public partial class ModelCore<TNumber, TInput, TTarget>
{
    private const int MaxPoints = 1000;

    private readonly ObjectPool<InputExplainer<TNumber, TInput, TTarget>> _explainers = new();

    /// <summary>
    /// Computes the gradient of one output of a prediction with respect to the input: how much the output changes with each value that the first layer reads. Dropout is off. It does not allocate after the
    /// first call. Safe to call from many threads at once.
    /// </summary>
    /// <param name="input">The values of the sequence's steps, one step after the other; the whole row where some inputs are given once.</param>
    /// <param name="gradients">As many values as the first layer reads, overwritten.</param>
    /// <param name="output">The output, from 0.</param>
    /// <param name="step">Its time step, from 0; 0 where the model has one output.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output or step.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TNumber ComputeInputGradients(ReadOnlySpan<TInput> input, Span<TNumber> gradients, int output, int step, int length)
    {
        ChosenOutput chosen = CheckExplained(input, output, step, length);
        Check.Length(gradients.Length, length * Shape.Training.Explained!.Features, nameof(gradients), "length × the values of a step that the first layer reads");
        Check.Apart(input, gradients, nameof(input), nameof(gradients));
        InputExplainer<TNumber, TInput, TTarget> explainer = _explainers.Rent() ?? new(this);
        TNumber value = explainer.ComputeGradients(input, gradients, chosen);
        _explainers.Return(explainer);
        return value;
    }

    /// <summary>
    /// Integrated gradients (M. Sundararajan et al. 2017): attributes the difference of one output at the input and at a baseline to the inputs. The attribution of a value is its distance from the baseline's,
    /// times the mean gradient on the straight path from the baseline to the input, by Gauss-Legendre quadrature; that of a token or category is the sum over its embedding, and that of an input that is given once the sum over the steps that read it. Dropout is off. It does not allocate after the
    /// first call with as many points. Safe to call from many threads at once.
    /// </summary>
    /// <param name="input">The values of the sequence's steps, one step after the other; the whole row where some inputs are given once.</param>
    /// <param name="attributions">As many values as the input has, overwritten; 0 beyond its steps.</param>
    /// <param name="output">The output, from 0.</param>
    /// <param name="step">Its time step, from 0; 0 where the model has one output.</param>
    /// <param name="baseline">As many elements as the input has, or empty for 0.</param>
    /// <param name="points">Points on the path, from 1 to 1,000.</param>
    /// <param name="length">Steps of the sequence, from 1 to <c>SequenceLength</c>.</param>
    /// <returns>The outputs at input and baseline, and the sum of the attributions.</returns>
    /// <exception cref="ArgumentException">A span has another length, or the sequence has too few or too many steps.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output or step, or the number of points is out of range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Attribution ComputeIntegratedGradients(
        ReadOnlySpan<TInput> input, Span<TNumber> attributions, int output, int step, ReadOnlySpan<TInput> baseline, int points, int length)
    {
        ChosenOutput chosen = CheckExplained(input, output, step, length);
        Check.Length(attributions.Length, input.Length, nameof(attributions), "the length of the input");
        Check.Apart(input, attributions, nameof(input), nameof(attributions));
        Check.Apart(baseline, attributions, nameof(baseline), nameof(attributions));
        if (!baseline.IsEmpty)
        {
            Check.Length(baseline.Length, input.Length, nameof(baseline), "the length of the input");
            CheckTokens(baseline, nameof(baseline), length);
        }

        if (points is < 1 or > MaxPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(points), Invariant($"{points}"), Invariant($"The path has {points} points; give a number from 1 to {MaxPoints}."));
        }

        InputExplainer<TNumber, TInput, TTarget> explainer = _explainers.Rent() ?? new(this);
        Attribution attribution = explainer.Integrate(input, baseline, attributions, chosen, points);
        _explainers.Return(explainer);
        return attribution;
    }

    private ChosenOutput CheckExplained(ReadOnlySpan<TInput> input, int output, int step, int length)
    {
        CheckOne(input, length);
        CheckTokens(input, nameof(input), length);
        if ((uint)output >= (uint)Shape.OutputSize)
        {
            throw new ArgumentOutOfRangeException(nameof(output), Invariant($"{output}"), Invariant($"The model has {Shape.OutputSize} outputs, from 0."));
        }

        int steps = Layout.OutputSteps == 1 ? 1 : length;
        return (uint)step < (uint)steps ? new(output, step, length)
            : throw new ArgumentOutOfRangeException(nameof(step), Invariant($"{step}"), Invariant($"The sequence has outputs at {steps} steps, from 0."));
    }
}

/// <summary>Which output of a sequence is differentiated.</summary>
/// <param name="Output">The output, from 0.</param>
/// <param name="Step">Its time step.</param>
/// <param name="Length">Steps of the sequence.</param>
internal readonly record struct ChosenOutput(int Output, int Step, int Length);
