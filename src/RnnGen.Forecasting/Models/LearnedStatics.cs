namespace RnnGen.Forecasting;

/// <summary>Statics as a model learned them: a set that has some of the categories alone has the others as 0.</summary>
internal static class LearnedStatics
{
    /// <summary>The set with the statics that were learned, by their names.</summary>
    /// <param name="set">The set.</param>
    /// <param name="learned">Names of the statics that the model learned from.</param>
    /// <param name="model">The model's name.</param>
    /// <exception cref="SeriesDataException">A static is missing, was not learned, or has a category that was not learned.</exception>
    public static SeriesSet Of(SeriesSet set, IReadOnlyList<string> learned, string model)
    {
        if (set.StaticNames.SequenceEqual(learned))
        {
            return set;
        }

        string[] given = [.. set.StaticNames];
        HashSet<string?> categories = [.. given.Select(ColumnOf).Distinct().Where(column => column is not null && IsColumnOfCategories(set, column))];
        if (learned.Any(name => !given.Contains(name) && !categories.Contains(ColumnOf(name))))
        {
            throw Other();
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (learned.Contains(given[i]))
            {
                continue;
            }

            string? column = ColumnOf(given[i]);
            string[] known = [.. learned.Where(name => column is not null && ColumnOf(name) == column)];
            if (known.Length == 0 || !categories.Contains(column))
            {
                throw Other();
            }

            if (set.FirstOrDefault(series => series.Statics.Span[i] != 0) is { } series)
            {
                throw new SeriesDataException($"its static is '{given[i]}', a category that {model} did not learn; it learned {Text(known)}. Correct it, or train with series of this category.", series.Id);
            }
        }

        int[] places = [.. learned.Select(name => Array.IndexOf(given, name))];
        return new(
            set.Select(series => new TimeSeries(series.Id, series.Targets, series.Times)
            {
                Observed = series.Observed,
                Known = series.Known,
                Statics = places.Select(place => place < 0 ? 0 : series.Statics.Span[place]).ToArray(),
            }),
            set.ObservedNames, set.KnownNames, learned);

        SeriesDataException Other() => new($"The statics of the series are {Text(given)}, but {model} learned from {Text(learned)}; read the same columns.");
    }

    // A category is named column=category.
    private static string? ColumnOf(string name) => name.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? name[..at] : null;

    // Each series is of one category.
    private static bool IsColumnOfCategories(SeriesSet set, string column)
    {
        int[] places = [.. Enumerable.Range(0, set.StaticNames.Count).Where(i => ColumnOf(set.StaticNames[i]) == column)];
        return set.All(series => places.Count(place => series.Statics.Span[place] == 1) == 1 && places.Count(place => series.Statics.Span[place] == 0) == places.Length - 1);
    }

    private static string Text(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Select(name => $"'{name}'"));
}
