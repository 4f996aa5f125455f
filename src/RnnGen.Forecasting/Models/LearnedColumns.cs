namespace RnnGen.Forecasting;

/// <summary>Covariates and statics as a model learned them: a set that has some of the categories alone has the others as 0.</summary>
internal static class LearnedColumns
{
    /// <summary>The set with the columns that were learned: covariates in their order, statics by their names.</summary>
    /// <param name="set">The set.</param>
    /// <param name="recipe">What the model learned from.</param>
    /// <param name="model">The model's name.</param>
    /// <exception cref="SeriesDataException">The covariates are others, a static is missing, was not learned, or has a category that was not learned.</exception>
    public static SeriesSet Of(SeriesSet set, ForecastRecipe recipe, string model)
    {
        SameNames("observed covariates", set.ObservedNames, recipe.Observed, model);
        SameNames("covariates that are known in advance", set.KnownNames, recipe.Known, model);
        return set.StaticNames.SequenceEqual(recipe.Statics) ? set : WithStatics(set, recipe.Statics, model);
    }

    private static SeriesSet WithStatics(SeriesSet set, IReadOnlyList<string> learned, string model)
    {
        string[] given = [.. set.StaticNames];
        HashSet<string> all = [.. learned];
        HashSet<string?> categories = [.. given.Select(ColumnOf).Distinct().Where(column => column is not null && IsColumnOfCategories(set, column))];
        if (learned.Any(name => Array.IndexOf(given, name) < 0 && !categories.Contains(ColumnOf(name))))
        {
            throw Other();
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (all.Contains(given[i]))
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

    private static void SameNames(string what, IReadOnlyList<string> given, IReadOnlyList<string> learned, string model)
    {
        if (!given.SequenceEqual(learned))
        {
            throw new SeriesDataException($"The {what} of the series are {Text(given)}, but {model} learned from {Text(learned)}; read the same columns in the same order.");
        }
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
