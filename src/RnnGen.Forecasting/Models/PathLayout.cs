namespace RnnGen.Forecasting;

/// <summary>
/// Where the values of a window are in the row <c>[step, column | statics]</c> of a model that reads at each step the value before it. Statics have a place of their own where the model declares such inputs;
/// otherwise they are columns of each step.
/// </summary>
internal sealed class PathLayout
{
    private readonly WindowOptions _options;
    private readonly int _known, _steps;

    /// <summary>Matches a model with windows.</summary>
    /// <param name="layout">The model's.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="SeriesDataException">The model is declared for other windows, or the windows are not for a model that reads its own forecasts.</exception>
    public PathLayout(ModelLayout layout, ForecastWindows windows)
    {
        _options = windows.Options;
        (_known, _steps, HasStatics) = (windows.KnownNames.Count, _options.ContextLength + _options.Horizon, layout.Declared(InputKind.Static) > 0);
        string[] columns = ["value before", .. windows.KnownNames, .. HasStatics ? [] : windows.StaticNames];
        int statics = HasStatics ? windows.StaticNames.Count : 0;
        string? problem = windows.PastNames.Count > 1 ? "the series have observed covariates, which nobody knows in the horizon; leave them out, or use a direct forecaster"
            : _options.InputScaling is not null ? $"{nameof(WindowOptions.InputScaling)} is set, but the model reads what it forecasts; use {nameof(WindowOptions.Scaling)} alone"
            : layout.IsDecoded || layout.OutputLength != layout.SequenceLength || layout.SequenceLength != _steps ? Invariant($"{layout.ModelName} outputs {layout.OutputLength} values over {layout.SequenceLength} steps, but it must be many-to-many with OutputSize = 1 and SequenceLength = {_steps}, context and horizon")
            : layout.Declared(InputKind.Static) != statics ? Invariant($"{layout.ModelName} has {layout.Declared(InputKind.Static)} values that are given once, but the windows have {statics}; change the declaration or the {nameof(WindowOptions)}")
            : layout.InputStep != columns.Length ? Invariant($"{layout.ModelName} reads {layout.InputStep} values at each step, but there are {columns.Length}: {string.Join(", ", columns.Take(60))}. Declare InputSize = {columns.Length}, or change the {nameof(WindowOptions)}")
            : null;
        if (problem is not null)
        {
            throw new SeriesDataException($"A sample path cannot be forecast: {problem}.");
        }

        Columns = columns.Length;
    }

    /// <summary>Whether the model reads statics once, and not at each step.</summary>
    public bool HasStatics { get; }

    /// <summary>Values of a step.</summary>
    public int Columns { get; }

    /// <summary>Writes what the model reads of a window in training.</summary>
    public void CopyInputs(WindowReader reader, Span<float> row)
    {
        for (int step = 0; step < _steps; step++)
        {
            CopyStep(reader, step, row.Slice(step * Columns, Columns), reader.Targets);
        }

        if (HasStatics)
        {
            CopyStatics(reader, row[(_steps * Columns)..]);
        }
    }

    /// <summary>Writes the scaled targets of a window, context and horizon.</summary>
    public void CopyTargets(WindowReader reader, Span<float> targets)
    {
        for (int step = 0; step < _steps; step++)
        {
            targets[step] = (float)Value(reader, step, reader.Targets);
        }

        reader.CheckRange<float>(targets);
    }

    /// <summary>Writes what the model reads at one step.</summary>
    /// <param name="reader">The window.</param>
    /// <param name="step">The step of context and horizon.</param>
    /// <param name="row">The step's values.</param>
    /// <param name="path">The scaled values of the horizon, as far as lags of the step reach.</param>
    /// <exception cref="SeriesDataException">A value is beyond the range of float.</exception>
    public void CopyStep(WindowReader reader, int step, Span<float> row, ReadOnlySpan<double> path)
    {
        row[0] = Readable(Value(reader, step - 1, path));
        int to = 1;
        foreach (int lag in _options.Lags)
        {
            row[to++] = Readable(Value(reader, step - lag, path));
        }

        foreach (double value in reader.Known.Slice((step * _known) + _options.Lags.Count, _known - _options.Lags.Count))
        {
            row[to++] = (float)value;
        }

        if (!HasStatics)
        {
            CopyStatics(reader, row[to..]);
        }

        reader.CheckRange<float>(row);
    }

    /// <summary>Writes the statics of a window.</summary>
    /// <exception cref="SeriesDataException">A value is beyond the range of float.</exception>
    public static void CopyStatics(WindowReader reader, Span<float> statics)
    {
        for (int i = 0; i < reader.Statics.Length; i++)
        {
            statics[i] = (float)reader.Statics[i];
        }

        reader.CheckRange<float>(statics);
    }

    private double Value(WindowReader reader, int step, ReadOnlySpan<double> path)
    {
        int at = _options.PastLength - _options.ContextLength + step;
        return step >= _options.ContextLength ? path[step - _options.ContextLength] : at < 0 ? double.NaN : reader.Scaler.Context[at];
    }

    private float Readable(double value) => (float)(double.IsNaN(value) ? _options.MissingInput : value);
}
