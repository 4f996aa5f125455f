namespace RnnGen.Data;

/// <summary>Triangular filters over the bins of a spectrum, equally wide on the mel scale between two frequencies.</summary>
internal sealed class MelFilters(double lowest, double highest, int sampleRate)
{
    /// <summary>The filters: for each the first bin, and the weights from there on.</summary>
    /// <param name="bands">How many.</param>
    /// <param name="length">Samples of the spectrum's transform.</param>
    /// <returns><see langword="null"/> if a filter would contain no bin, or two filters only the same one.</returns>
    public (int First, double[] Weights)[]? Bank(int bands, int length)
    {
        if (bands > (length / 2) + 1)
        {
            return null;
        }

        var filters = new (int First, double[] Weights)[bands];
        int lastOnly = -1;
        for (int band = 0; band < bands; band++)
        {
            filters[band] = Filter(Edge(band), Edge(band + 1), Edge(band + 2));
            int[] bins = [.. Enumerable.Range(0, filters[band].Weights.Length).Where(i => filters[band].Weights[i] > 0).Take(2)];
            int only = bins.Length == 1 ? filters[band].First + bins[0] : -1;
            if (bins.Length == 0 || (only >= 0 && only == lastOnly))
            {
                return null;
            }

            lastOnly = only;
        }

        return filters;

        double Edge(int i) => Hertz(Mel(lowest) + ((Mel(highest) - Mel(lowest)) * i / (bands + 1))) * length / sampleRate;

        (int First, double[] Weights) Filter(double left, double centre, double right)
        {
            int first = Math.Max(0, (int)Math.Ceiling(left)), last = Math.Min(length / 2, (int)Math.Floor(right));
            return (first, [.. Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(b => Math.Max(0, b <= centre ? (b - left) / (centre - left) : (right - b) / (right - centre)))]);
        }
    }

    /// <summary>A number of bands below <paramref name="bands"/> that fits, while the next one does not; 0 if not even one does.</summary>
    public int MostBands(int bands, int length)
    {
        int fits = 0, not = Math.Min(bands, (length / 2) + 2);
        while (not - fits > 1)
        {
            int middle = fits + ((not - fits) / 2);
            (fits, not) = Bank(middle, length) is null ? (fits, middle) : (middle, not);
        }

        return fits;
    }

    /// <summary>The shortest longer transform for which <paramref name="bands"/> bands fit; 0 if none of at most <paramref name="longest"/> samples does.</summary>
    public int FittingLength(int bands, int length, int longest)
    {
        for (long longer = 2L * length; longer <= longest; longer *= 2)
        {
            if (Bank(bands, (int)longer) is not null)
            {
                return (int)longer;
            }
        }

        return 0;
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
