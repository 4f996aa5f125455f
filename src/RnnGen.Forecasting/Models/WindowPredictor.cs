using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>Forecasts windows with one model. It belongs to one thread.</summary>
internal abstract class WindowPredictor
{
    /// <summary>Forecasts a window. Draws depend on the seed and the id of its series, not on the other windows.</summary>
    /// <param name="reader">The window, read.</param>
    public abstract Forecast Predict(WindowReader reader);

    /// <summary>The forecast of draws: their quantiles at each step, their median, and the draws as paths.</summary>
    /// <param name="reader">The window.</param>
    /// <param name="draws">In the series' unit <c>[step][path]</c>; they are sorted.</param>
    /// <param name="levels">The levels of the quantiles.</param>
    protected static Forecast OfDraws(WindowReader reader, double[][] draws, IReadOnlyList<double> levels)
    {
        double[] values = new double[draws.Length], quantiles = new double[draws.Length * levels.Count], paths = new double[draws.Length * draws[0].Length];
        for (int step = 0; step < draws.Length; step++)
        {
            for (int path = 0; path < draws[step].Length; path++)
            {
                paths[(path * draws.Length) + step] = draws[step][path];
            }

            Array.Sort(draws[step]);
            values[step] = Quantile(draws[step], 0.5);
            for (int level = 0; level < levels.Count; level++)
            {
                quantiles[(step * levels.Count) + level] = Quantile(draws[step], levels[level]);
            }
        }

        return Of(reader, values, levels, quantiles).WithPaths(paths);
    }

    /// <summary>A forecast of the window's series.</summary>
    protected static Forecast Of(WindowReader reader, double[] values, IReadOnlyList<double> levels, double[] quantiles)
    {
        Forecast forecast = new(reader.Series.Id, values, reader.Series.Times?.From(reader.Origin));
        return levels.Count > 0 ? forecast.WithQuantiles(levels, quantiles) : forecast;
    }

    // Between two draws the straight line between them (Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7).
    private static double Quantile(double[] sorted, double level)
    {
        double place = level * (sorted.Length - 1);
        int below = (int)place;
        return below == sorted.Length - 1 ? sorted[below] : Magnitude.Between(sorted[below], sorted[below + 1], place - below);
    }
}

/// <summary>All steps at once.</summary>
internal sealed class DirectPredictor : WindowPredictor
{
    private readonly ModelCore<float, float, float> _core;
    private readonly ForecastRecipe _recipe;
    private readonly WindowLayout _layout;
    private readonly float[] _inputs, _outputs;
    private readonly int _seed, _horizon;

    public DirectPredictor(ModelCore<float, float, float> core, ForecastRecipe recipe, ForecastWindows windows, int seed)
    {
        (_core, _recipe, _seed) = (core, recipe, seed);
        ModelLayout model = core.Shape.Layout;
        _layout = new(model, windows);
        _horizon = recipe.Windows.Horizon;
        _inputs = new float[model.InputLength];
        _outputs = new float[model.OutputLength * Math.Max(1, model.Quantiles.Count)];
    }

    public override Forecast Predict(WindowReader reader)
    {
        ModelLayout model = _core.Shape.Layout;
        _layout.CopyInputs(reader, _inputs);
        if (model.Quantiles.Count > 0)
        {
            _core.PredictParameters(_inputs, _outputs, model.SequenceLength);
            return OfQuantiles(reader, model.Quantiles);
        }

        if (_core.Shape.Head is { Draws: true } && _recipe.Levels.Count > 0)
        {
            return OfDraws(reader, Draws(reader), _recipe.Levels);
        }

        _core.PredictBatch(_inputs, _outputs, 1, default);
        double[] values = new double[_horizon];
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = reader.Scaler.Invert(_outputs[_layout.FirstOutput + step], step);
        }

        return Of(reader, values, [], []);
    }

    private Forecast OfQuantiles(WindowReader reader, IReadOnlyList<double> levels)
    {
        int count = levels.Count;
        LevelPlace median = LevelPlace.Of(levels, Math.Clamp(0.5, levels[0], levels[^1]));
        double[] quantiles = new double[_horizon * count], values = new double[_horizon];
        for (int step = 0; step < _horizon; step++)
        {
            for (int level = 0; level < count; level++)
            {
                quantiles[(step * count) + level] = reader.Scaler.Invert(_outputs[((_layout.FirstOutput + step) * count) + level], step);
            }

            values[step] = median.In(quantiles.AsSpan(step * count, count));
        }

        return Of(reader, values, levels, quantiles);
    }

    private double[][] Draws(WindowReader reader)
    {
        int seed = DrawSeed.Of(_seed, reader.Series.Id);
        double[][] draws = [.. Enumerable.Range(0, _horizon).Select(_ => new double[_recipe.Paths])];
        for (int path = 0; path < _recipe.Paths; path++)
        {
            _core.Sample(_inputs, _outputs, DrawSeed.Of(seed, path), _core.Shape.Layout.SequenceLength);
            for (int step = 0; step < _horizon; step++)
            {
                draws[step][path] = reader.Scaler.Invert(_outputs[_layout.FirstOutput + step], step);
            }
        }

        return draws;
    }
}

/// <summary>Seeds of draws: the same on every machine and in every run.</summary>
internal static class DrawSeed
{
    /// <summary>A seed for each series, wherever it is in a set. Source: Fowler, Noll and Vo's hash of its id (FNV-1a).</summary>
    public static int Of(int seed, string series)
    {
        uint hash = 2166136261;
        foreach (char part in series)
        {
            hash = unchecked((hash ^ part) * 16777619);
        }

        return unchecked((int)((((uint)seed * 2654435761u) + hash) * 2246822519u));
    }

    /// <summary>A seed for each path of a series.</summary>
    /// <param name="series">The seed of the series.</param>
    /// <param name="path">The path.</param>
    public static int Of(int series, int path) => unchecked(series + (int)((uint)path * 3266489917u));
}
