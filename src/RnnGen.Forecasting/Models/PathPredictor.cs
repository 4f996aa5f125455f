using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>Sample paths that are stepped together: each reads what was drawn for it at the step before.</summary>
internal sealed class PathPredictor : WindowPredictor
{
    private readonly ForecastRecipe _recipe;
    private readonly PathLayout _layout;
    private readonly PathStreams _start, _paths;
    private readonly float[] _inputs, _outputs, _state, _statics;
    private readonly double[][] _drawn;
    private readonly int _seed;

    public PathPredictor(ModelCore<float, float, float> core, ForecastRecipe recipe, ForecastWindows windows, int seed)
    {
        (_recipe, _seed) = (recipe, seed);
        _layout = new(core.Shape.Layout, windows);
        Check(core);
        (_start, _paths) = (new(core, 1), new(core, recipe.Paths));
        _inputs = new float[recipe.Paths * _layout.Columns];
        _outputs = new float[recipe.Paths];
        _statics = new float[windows.StaticNames.Count];
        _state = new float[core.Shape.Stream!.Length];
        _drawn = [.. Enumerable.Range(0, recipe.Paths).Select(_ => new double[recipe.Windows.Horizon])];
    }

    /// <summary>Checks that a model's steps can be drawn one after the other.</summary>
    /// <exception cref="ArgumentException">They cannot.</exception>
    public static void Check(ModelCore<float, float, float> core)
    {
        if (core.Shape.Streams is null || core.Shape.Head is not { Draws: true })
        {
            throw new ArgumentException($"{core.Shape.Layout.ModelName} cannot forecast sample paths: it must be causal, with a loss that is a distribution such as Loss.StudentT.", nameof(core));
        }
    }

    public override Forecast Predict(WindowReader reader)
    {
        WindowOptions options = _recipe.Windows;
        _start.Reset();
        SetStatics(reader);
        for (int step = 0; step < options.ContextLength; step++)
        {
            Span<float> row = _inputs.AsSpan(0, _layout.Columns);
            _layout.CopyStep(reader, step, row, []);
            _start.Step(row, _outputs.AsSpan(0, 1));
        }

        _start.Save(0, _state);
        for (int path = 0; path < _paths.Count; path++)
        {
            _paths.Restore(path, _state);
        }

        int seed = DrawSeed.Of(_seed, reader.Series.Id);
        double[][] draws = [.. Enumerable.Range(0, options.Horizon).Select(_ => new double[_paths.Count])];
        for (int step = 0; step < options.Horizon; step++)
        {
            Step(reader, step, seed, draws[step]);
        }

        return OfDraws(reader, draws, _recipe.Levels);
    }

    // Once a window, where the model reads them once.
    private void SetStatics(WindowReader reader)
    {
        if (!_layout.HasStatics)
        {
            return;
        }

        PathLayout.CopyStatics(reader, _statics);
        _start.SetStatics(0, _statics);
        for (int path = 0; path < _paths.Count; path++)
        {
            _paths.SetStatics(path, _statics);
        }
    }

    private void Step(WindowReader reader, int step, int seed, double[] draws)
    {
        for (int path = 0; path < _paths.Count; path++)
        {
            _layout.CopyStep(reader, _recipe.Windows.ContextLength + step, _inputs.AsSpan(path * _layout.Columns, _layout.Columns), _drawn[path]);
        }

        _paths.Step(_inputs, _outputs);
        for (int path = 0; path < _paths.Count; path++)
        {
            float drawn = _paths.Draw(path, new HeadDraws(DrawSeed.Of(seed, path), step));
            _drawn[path][step] = drawn;
            draws[path] = reader.Scaler.Invert(drawn, step);
        }
    }

    private sealed class PathStreams(ModelCore<float, float, float> core, int count) : StreamStates<float, float, float>(core, count)
    {
        public void SetStatics(int stream, ReadOnlySpan<float> statics) => TakeStatics(stream, statics);

        public float Draw(int stream, HeadDraws draws)
        {
            float drawn = 0;
            Draw(stream, new Span<float>(ref drawn), draws);
            return drawn;
        }
    }
}
