namespace RnnGen.Forecasting;

/// <summary>What the columns of a long table mean: a row is one step of one series.</summary>
/// <example>
/// <code>
/// var columns = new SeriesColumns { Id = "shop", Time = "date", Target = "sales", Observed = ["visitors"], Known = ["price"], Statics = ["city"] };
/// </code>
/// </example>
public sealed record SeriesColumns
{
    /// <summary>The column that says which series a row belongs to. <see langword="null"/> (default): the table is one series, with the target's name as id.</summary>
    public string? Id { get; init; }

    /// <summary>The column of times. <see langword="null"/> (default): nobody knows the times, and the rows of a series are its steps in the table's order.</summary>
    public string? Time { get; init; }

    /// <summary>The column to forecast.</summary>
    public required string Target { get; init; }

    /// <summary>Columns that are observed with the target, and not known in advance. Default: none.</summary>
    public IReadOnlyList<string> Observed { get; init; } = [];

    /// <summary>
    /// Columns that are known in advance. Rows at the end of a series that have no target and no observed value are then steps to come, and no part of the history. Default: none.
    /// </summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>
    /// Columns that do not change within a series: numbers in the table's format, or categories. A column of categories becomes a static of 1 or 0 for each category, in ordinal order. A column of
    /// text is one of categories; one in which some series have a number and others text is an error, unless <see cref="Categories"/> names it. Default: none.
    /// </summary>
    public IReadOnlyList<string> Statics { get; init; } = [];

    /// <summary>Those of <see cref="Statics"/> that are categories whatever their values look like, such as postcodes or numbers of a kind. Default: none.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The columns of numbers in the order in which a row holds them: target, observed, known.</summary>
    internal string[] Numbers => [Target, .. Observed, .. Known];

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Target, nameof(Target));
        string[] all = [.. ((string?[])[Id, Time, .. Numbers, .. Statics]).OfType<string>()];
        string? twice = all.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The column '{twice}' is named twice; each column has one meaning.", nameof(SeriesColumns));
        }

        if (Categories.FirstOrDefault(name => !Statics.Contains(name)) is { } other)
        {
            throw new ArgumentException($"The column '{other}' of {nameof(Categories)} is not one of {nameof(Statics)}; name it there too.", nameof(SeriesColumns));
        }
    }
}
