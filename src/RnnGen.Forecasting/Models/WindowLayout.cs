namespace RnnGen.Forecasting;

/// <summary>
/// Where the values of a window are in a model's flat row <c>[step, column | statics | horizon, known column]</c>. Statics, and what is known of the horizon, have places of their own where the model
/// declares such inputs; otherwise statics are columns of each step.
/// </summary>
internal sealed class WindowLayout
{
    private readonly ForecastWindows _windows;
    private readonly ModelLayout _layout;
    private readonly int _context, _horizon, _past, _known, _statics;
    private readonly bool _hasStatics, _hasKnown;

    /// <summary>Matches a model with windows.</summary>
    /// <param name="layout">The model's.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="SeriesDataException">The model is declared for other windows; the message has its numbers and those that fit.</exception>
    public WindowLayout(ModelLayout layout, ForecastWindows windows)
    {
        (_layout, _windows) = (layout, windows);
        (_context, _horizon) = (windows.Options.ContextLength, windows.Options.Horizon);
        (_past, _known, _statics) = (windows.PastNames.Count, windows.KnownNames.Count, windows.StaticNames.Count);
        Form = layout.IsDecoded ? WindowForm.Decoded : layout.OutputSteps > 1 ? WindowForm.Aligned : WindowForm.Direct;
        int steps = Form == WindowForm.Aligned ? _context + _horizon : _context;
        Expect(nameof(ModelLayout.SequenceLength), layout.SequenceLength, Form == WindowForm.Direct && _context % layout.SequenceLength == 0 ? layout.SequenceLength : steps);
        StepsPerInput = steps / layout.SequenceLength;
        Expect("outputs of a window", layout.OutputLength, Form == WindowForm.Aligned ? steps : _horizon);

        int statics = layout.Declared(InputKind.Static), known = layout.Declared(InputKind.Known);
        (_hasStatics, _hasKnown) = (statics > 0, known > 0);
        Expect("values that are given once", statics, _hasStatics ? _statics : 0);
        Expect("values that are known of a decoded step", known, _hasKnown ? _known : 0);
        string[] columns = Columns();
        if (layout.InputStep != columns.Length)
        {
            throw new SeriesDataException(Invariant($"{layout.ModelName} reads {layout.InputStep} values at each step, but a window has {columns.Length}: {string.Join(", ", columns.Take(60))}. Declare InputSize = {columns.Length}, or change the {nameof(WindowOptions)}."));
        }

        if (Form == WindowForm.Aligned && !layout.MaskedTargets)
        {
            throw new SeriesDataException($"{layout.ModelName} outputs a value at each step of context and horizon, and the context has no target; declare MaskedTargets = true.");
        }
    }

    /// <summary>How the model reads a window.</summary>
    public WindowForm Form { get; }

    /// <summary>Steps of the window that a step of the model reads together: a day of hours, for example.</summary>
    public int StepsPerInput { get; }

    /// <summary>The first output that is of the horizon.</summary>
    public int FirstOutput => Form == WindowForm.Aligned ? _context : 0;

    /// <summary>Writes what the model reads of a window.</summary>
    /// <param name="reader">The window.</param>
    /// <param name="row">The model's row, written whole.</param>
    /// <exception cref="SeriesDataException">A value is beyond the range of float.</exception>
    public void CopyInputs(WindowReader reader, Span<float> row)
    {
        int to = 0;
        for (int step = 0; step < _layout.SequenceLength; step++)
        {
            for (int part = 0; part < StepsPerInput; part++)
            {
                to = CopyStep(reader, (step * StepsPerInput) + part, row, to);
            }

            to = _hasStatics ? to : Copy(reader.Statics, row, to);
        }

        to = _hasStatics ? Copy(reader.Statics, row, to) : to;
        if (_hasKnown)
        {
            Copy(reader.Known[(_context * _known)..], row, to);
        }

        reader.CheckRange<float>(row);
    }

    /// <summary>Writes the scaled targets of a window; NaN where one is missing, and over the context.</summary>
    /// <param name="reader">The window.</param>
    /// <param name="targets">The model's targets, written whole.</param>
    /// <exception cref="SeriesDataException">A value is beyond the range of float.</exception>
    public void CopyTargets(WindowReader reader, Span<float> targets)
    {
        targets[..FirstOutput].Fill(float.NaN);
        Copy(reader.Targets, targets, FirstOutput);
        reader.CheckRange<float>(targets);
    }

    private int CopyStep(WindowReader reader, int step, Span<float> row, int to)
    {
        if (step < _context)
        {
            to = Copy(reader.Past.Slice(step * _past, _past), row, to);
        }
        else
        {
            row[to] = (float)reader.Base(step - _context);
            row.Slice(to + 1, _past - 1).Clear(); // covariates that nobody has observed yet
            to += _past;
        }

        if (Form == WindowForm.Aligned)
        {
            row[to++] = step < _context ? 0 : 1;
            row[to++] = (step - _context) / (float)_horizon;
        }

        return Copy(reader.Known.Slice(step * _known, _known), row, to);
    }

    private string[] Columns()
    {
        string[] own = [.. _windows.PastNames, .. Form == WindowForm.Aligned ? ["is forecast", "position"] : (string[])[], .. _windows.KnownNames];
        return [.. Enumerable.Repeat(own, StepsPerInput).SelectMany(static names => names), .. _hasStatics ? [] : _windows.StaticNames];
    }

    private void Expect(string what, int declared, int expected)
    {
        if (declared != expected)
        {
            throw new SeriesDataException(Invariant($"{_layout.ModelName} has {declared} {what}, but windows of {_context} + {_horizon} steps need {expected}; change the declaration or the {nameof(WindowOptions)}."));
        }
    }

    private static int Copy(ReadOnlySpan<double> from, Span<float> to, int at)
    {
        foreach (double value in from)
        {
            to[at++] = (float)value;
        }

        return at;
    }
}
