using System;
using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>
/// Counts that are drawn from a distribution by one number from 0 to 1. The counts are taken from the most probable one outwards, each with its probability of the number,
/// until nothing is left of it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CountDraws
{
    /// <summary>A count that is drawn lies no further from the most probable one; so a draw of a distribution without bounds ends.</summary>
    public const int Farthest = 1 << 20;

    /// <summary>A draw of a Poisson distribution.</summary>
    /// <param name="mean">Its mean, above 0.</param>
    /// <param name="chance">A number above 0 and below 1, each equally likely.</param>
    public static double Poisson(double mean, double chance)
    {
        if (!(mean > 0 && mean <= double.MaxValue))
        {
            return mean;
        }

        double mode = Math.Floor(mean);
        double probability = Math.Exp((mode * Math.Log(mean)) - mean - GammaFunctions.Log(mode + 1));
        return Draw(mode, probability, chance, (mean, double.PositiveInfinity));
    }

    /// <summary>A draw of a negative binomial distribution.</summary>
    /// <param name="mean">Its mean, above 0.</param>
    /// <param name="successes">Its number of successes, above 0: the variance is <c>mean + mean² / successes</c>.</param>
    /// <param name="chance">A number above 0 and below 1, each equally likely.</param>
    public static double NegativeBinomial(double mean, double successes, double chance)
    {
        if (!(mean > 0 && mean <= double.MaxValue && successes > 0 && successes <= double.MaxValue))
        {
            return mean * successes;
        }

        double mode = successes > 1 ? Math.Floor(mean * ((successes - 1) / successes)) : 0;
        double probability = Math.Exp(
            -GammaFunctions.LogBeta(successes, mode + 1) - Math.Log(mode + successes) - (successes * Math.Log(1 + (mean / successes))) - (mode * Math.Log(1 + (successes / mean))));
        return Draw(mode, probability, chance, (mean, successes));
    }

    // With p(k + 1) / p(k) = share (k + successes) / (k + 1); of Poisson's distribution mean / (k + 1).
    private static double Draw(double mode, double probability, double chance, (double Mean, double Successes) of)
    {
        bool isPoisson = double.IsPositiveInfinity(of.Successes);
        double share = of.Mean / (of.Mean + of.Successes), up = mode, down = mode, above = probability, below = probability;
        chance -= probability;
        for (int i = 0; i < Farthest && chance >= 0; i++)
        {
            above *= isPoisson ? of.Mean / (up + 1) : share * (up + of.Successes) / (up + 1);
            up++;
            chance -= above;
            if (chance < 0)
            {
                return up;
            }

            if (down > 0)
            {
                below *= isPoisson ? down / of.Mean : down / (share * (down - 1 + of.Successes));
                down--;
                chance -= below;
                if (chance < 0)
                {
                    return down;
                }
            }

            // What is left is rounding.
            if (above + (down > 0 ? below : 0) < 1e-18 * probability)
            {
                break;
            }
        }

        return chance < 0 ? mode : up;
    }
}
