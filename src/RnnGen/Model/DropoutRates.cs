namespace RnnGen;

/// <summary>Where a declaration has dropout.</summary>
/// <param name="Name">The layer whose inputs training leaves out, such as <c>Lstm0</c> or <c>Head</c> (the output layer); for recurrent dropout the layer with its state, such as <c>Lstm0.h</c>.</param>
/// <param name="Rate">The declared share.</param>
public readonly record struct DropoutPlace(string Name, double Rate);

/// <summary>
/// The dropout rates of a model, one for each place where its declaration has dropout: the declared ones, unless others are set, such as in a callback from epoch to epoch. A rate of 0 is no dropout, to the
/// bit; of recurrent dropout, where a state also passes by other ways than products (as in a GRU), gradients agree to rounding. Rates are no part of a model's file; a checkpoint of a training has them, and <c>Clone</c> copies them.
/// </summary>
/// <example>
/// <code>
/// model.DropoutRates["Lstm1"] = 0.2;   // one layer's
/// model.DropoutRates.SetAll(0);        // none from now on
/// model.DropoutRates.Reset();          // as declared
/// </code>
/// </example>
public sealed class DropoutRates
{
    private readonly DropoutPlace[] _places;
    private readonly double[] _rates;
    private readonly Action _requireTurn;

    /// <param name="places">Where there is dropout.</param>
    /// <param name="requireTurn">Throws while another thread trains.</param>
    internal DropoutRates(DropoutPlace[] places, Action requireTurn)
    {
        (_places, _rates, _requireTurn) = (places, new double[places.Length], requireTurn);
        Declare();
    }

    /// <summary>Where the declaration has dropout, in the order of the layers, with the declared rates.</summary>
    public IReadOnlyList<DropoutPlace> Places => _places;

    /// <summary>The share, from 0 to below 1, that training leaves out at a place.</summary>
    /// <param name="place">Index of the place in <see cref="Places"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place, or the value is not from 0 to below 1.</exception>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public double this[int place]
    {
        get => _rates[Index(place)];
        set
        {
            _requireTurn();
            _rates[Index(place)] = Checked(value, _places[place].Name);
        }
    }

    /// <summary>The share, from 0 to below 1, that training leaves out at a place.</summary>
    /// <param name="place">The name of the place.</param>
    /// <exception cref="ArgumentException">There is no such place; the message names all.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to below 1.</exception>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public double this[string place]
    {
        get => this[Find(place)];
        set => this[Find(place)] = value;
    }

    /// <summary>Sets one rate everywhere.</summary>
    /// <param name="rate">From 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to below 1; nothing changed.</exception>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public void SetAll(double rate)
    {
        _requireTurn();
        Array.Fill(_rates, Checked(rate, "all layers"));
    }

    /// <summary>Sets the declared rates again.</summary>
    /// <exception cref="InvalidOperationException">Another thread's <c>Fit</c>, <c>Evaluate</c> or step is running.</exception>
    public void Reset()
    {
        _requireTurn();
        Declare();
    }

    /// <summary>The rates, in the order of the places.</summary>
    internal ReadOnlySpan<double> Values => _rates;

    /// <summary>Whether values are rates that could be set.</summary>
    internal static bool AreRates(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!IsRate(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies rates of the same places.</summary>
    internal void Restore(ReadOnlySpan<double> values) => values.CopyTo(_rates);

    private static bool IsRate(double value) => value is >= 0 and < 1;

    private static double Checked(double value, string place) =>
        IsRate(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), Invariant($"{value}"), Invariant($"The dropout rate of {place} would be {value}; give a share from 0 to below 1."));

    private void Declare()
    {
        for (int i = 0; i < _rates.Length; i++)
        {
            _rates[i] = _places[i].Rate;
        }
    }

    private int Index(int place) => (uint)place < (uint)_places.Length ? place
        : throw new ArgumentOutOfRangeException(nameof(place), Invariant($"{place}"), Invariant($"The declaration has dropout at {_places.Length} places, from 0."));

    private int Find(string place)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            if (_places[i].Name == place)
            {
                return i;
            }
        }

        throw new ArgumentException($"The declaration has no dropout at '{place}', but at {string.Join(", ", Array.ConvertAll(_places, p => p.Name))}.", nameof(place));
    }
}
