namespace RnnGen;

/// <summary>
/// What integrated gradients attribute (M. Sundararajan et al. 2017, "Axiomatic attribution for deep networks"): the attributions of all inputs sum to the difference of the output at the input and at the
/// baseline, so <see cref="Error"/> says how far the quadrature is from exact.
/// </summary>
/// <param name="Output">The chosen output at the input: a logit where the loss reads logits.</param>
/// <param name="BaselineOutput">The same output at the baseline.</param>
/// <param name="Sum">The sum of the attributions.</param>
public readonly record struct Attribution(double Output, double BaselineOutput, double Sum)
{
    /// <summary>The sum of the attributions without the difference of the outputs: 0 for infinitely many points. Captum calls it the convergence delta.</summary>
    public double Error => Sum - (Output - BaselineOutput);
}
