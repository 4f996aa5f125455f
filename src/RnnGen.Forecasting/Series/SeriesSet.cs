using System.Collections;

namespace RnnGen.Forecasting;

/// <summary>
/// Many series with the same covariates: what forecasters train on and forecast. Series may have different lengths and starts. Missing targets stay missing (NaN).
/// </summary>
/// <example>
/// <code>
/// SeriesSet sales = LongTable.Read("sales.csv", new SeriesColumns { Id = "shop", Time = "date", Target = "amount" });
/// SeriesSet past = sales.WithoutLast(28);             // views, nothing is copied
/// </code>
/// </example>
public sealed class SeriesSet : IReadOnlyList<TimeSeries>
{
    private readonly TimeSeries[] _series;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>Combines series without covariates' names: they must have none.</summary>
    /// <param name="series">At least one, each with an id of its own.</param>
    /// <exception cref="SeriesDataException">There is none, an id occurs twice, or a series has covariates.</exception>
    public SeriesSet(IEnumerable<TimeSeries> series)
        : this(series, [], [], [])
    {
    }

    /// <summary>Combines series whose covariates have names.</summary>
    /// <param name="series">At least one, each with an id of its own.</param>
    /// <param name="observed">Names of the observed covariates, in their order in <see cref="TimeSeries.Observed"/>.</param>
    /// <param name="known">Names of the covariates that are known in advance, in their order in <see cref="TimeSeries.Known"/>.</param>
    /// <param name="statics">Names of the statics, in their order in <see cref="TimeSeries.Statics"/>.</param>
    /// <exception cref="SeriesDataException">There is no series, an id occurs twice, the values of a series do not fit the names, or series differ in frequency, or in having times or a zone.</exception>
    public SeriesSet(IEnumerable<TimeSeries> series, IReadOnlyList<string> observed, IReadOnlyList<string> known, IReadOnlyList<string> statics)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(statics);
        _series = [.. series];
        (ObservedNames, KnownNames, StaticNames) = ([.. observed], [.. known], [.. statics]);
        if (_series.Length == 0)
        {
            throw new SeriesDataException("There is no series; a set has at least one.");
        }

        for (int i = 0; i < _series.Length; i++)
        {
            Check(_series[i]);
            if (!_index.TryAdd(_series[i].Id, i))
            {
                throw new SeriesDataException("the id occurs twice; give each series its own.", _series[i].Id);
            }
        }
    }

    /// <summary>The number of series.</summary>
    public int Count => _series.Length;

    /// <summary>Names of the observed covariates.</summary>
    public IReadOnlyList<string> ObservedNames { get; }

    /// <summary>Names of the covariates that are known in advance.</summary>
    public IReadOnlyList<string> KnownNames { get; }

    /// <summary>Names of the statics. A column of categories has one for each category, <c>column=category</c>, which is 1 or 0.</summary>
    public IReadOnlyList<string> StaticNames { get; }

    /// <summary>From one step to the next; <see langword="null"/> where nobody knows the times.</summary>
    public Frequency? Frequency => _series[0].Times?.Frequency;

    /// <summary>A series by its place.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such series.</exception>
    public TimeSeries this[int index] => (uint)index < (uint)_series.Length
        ? _series[index]
        : throw new ArgumentOutOfRangeException(nameof(index), Invariant($"{index}"), Invariant($"There are {_series.Length} series, from 0."));

    /// <summary>A series by its id.</summary>
    /// <param name="id">The id, case-sensitive.</param>
    /// <exception cref="KeyNotFoundException">No series has this id.</exception>
    public TimeSeries this[string id] => Find(id) ?? throw new KeyNotFoundException($"There is no series '{id}'.");

    /// <summary>The series of an id; <see langword="null"/> if there is none.</summary>
    internal TimeSeries? Find(string id) => _index.TryGetValue(id, out int index) ? _series[index] : null;

    /// <summary>Wraps arrays: a series for each, without times.</summary>
    /// <param name="ids">An id for each series.</param>
    /// <param name="targets">The targets of each series, oldest first; NaN where one is missing. They are not copied.</param>
    /// <param name="times">The times of each series; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The lists have different lengths.</exception>
    /// <exception cref="SeriesDataException">There is no series, an id occurs twice, or a target is infinite.</exception>
    public static SeriesSet FromArrays(IReadOnlyList<string> ids, IReadOnlyList<double[]> targets, IReadOnlyList<TimeAxis>? times = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(targets);
        if (ids.Count != targets.Count || (times is not null && times.Count != ids.Count))
        {
            throw new ArgumentException(Invariant($"There are {ids.Count} ids, {targets.Count} series of targets{(times is null ? "" : Invariant($" and {times.Count} axes of times"))}; give one of each for every series."), nameof(targets));
        }

        return new(ids.Select((id, i) => new TimeSeries(id, targets[i], times?[i])));
    }

    /// <summary>Every series without its last steps, which are held out: views.</summary>
    /// <param name="steps">Steps to leave out of each, at least 0.</param>
    /// <exception cref="SeriesDataException">Some steps are held out, and a series has no more than these.</exception>
    public SeriesSet WithoutLast(int steps) => WithoutLast((long)steps);

    /// <inheritdoc cref="WithoutLast(int)"/>
    internal SeriesSet WithoutLast(long steps)
    {
        Guard.AtLeast(steps, 0);
        return steps == 0 ? this : new(
            _series.Select(s => s.Length > steps ? s.Until((int)(s.Length - steps)) : throw new SeriesDataException(Invariant($"it has {s.Length} steps, so that {steps} cannot be held out; leave the series out, or hold out fewer."), s.Id)),
            ObservedNames, KnownNames, StaticNames);
    }

    /// <summary>Every series without its last steps; nothing is left of one that has no more than these.</summary>
    /// <exception cref="SeriesDataException">Nothing is left of any.</exception>
    internal SeriesSet BeforeLast(long steps) => Array.Exists(_series, s => s.Length > steps)
        ? new(_series.Select(s => s.Until((int)Math.Max(0, s.Length - steps))), ObservedNames, KnownNames, StaticNames)
        : WithoutLast(steps);

    /// <inheritdoc/>
    public IEnumerator<TimeSeries> GetEnumerator() => ((IEnumerable<TimeSeries>)_series).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Check(TimeSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Observed.Length != (long)series.Length * ObservedNames.Count)
        {
            throw new SeriesDataException(Invariant($"it has {series.Observed.Length} values of observed covariates; {series.Length} steps of {ObservedNames.Count} need {(long)series.Length * ObservedNames.Count}."), series.Id);
        }

        if (KnownNames.Count == 0 ? series.Known.Length > 0 : series.Known.Length % KnownNames.Count != 0 || series.Known.Length / KnownNames.Count < series.Length)
        {
            throw new SeriesDataException(Invariant($"it has {series.Known.Length} values of known covariates; {series.Length} steps of {KnownNames.Count}, and any steps after them, are expected."), series.Id);
        }

        if (series.Statics.Length != StaticNames.Count)
        {
            throw new SeriesDataException(Invariant($"it has {series.Statics.Length} statics, but there are {StaticNames.Count} names."), series.Id);
        }

        if (series.Times?.Frequency != Frequency)
        {
            throw new SeriesDataException($"it has {Text(series.Times?.Frequency)}, but the first series has {Text(Frequency)}; read series of different frequency as sets of their own.", series.Id);
        }

        if (series.Times?.Start.Kind != _series[0].Times?.Start.Kind)
        {
            throw new SeriesDataException($"its times {Zone(series)}, but those of the first series {Zone(_series[0])}; write the times of all series in one way, or read them as sets of their own.", series.Id);
        }

        static string Zone(TimeSeries series) => series.Times!.Start.Kind == DateTimeKind.Utc ? "are in UTC" : "have no zone";

        static string Text(Frequency? frequency) => frequency is { } steps ? $"steps of {steps}" : "no times";
    }
}
