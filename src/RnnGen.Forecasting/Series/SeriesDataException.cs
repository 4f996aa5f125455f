namespace RnnGen.Forecasting;

/// <summary>A series cannot be used as requested. The message names the series, the time where one is concerned, and how to fix it.</summary>
public sealed class SeriesDataException : FormatException
{
    /// <summary>Creates the exception and puts series and time before its message.</summary>
    /// <param name="message">What was expected, what was found, and how to fix it.</param>
    /// <param name="series">The series' id; <see langword="null"/> for all of them.</param>
    /// <param name="time">The time; <see langword="null"/> for the whole series, or one without times.</param>
    /// <param name="innerException">The cause, if any.</param>
    public SeriesDataException(string message, string? series = null, DateTime? time = null, Exception? innerException = null)
        : base(Place(series, time) + message, innerException)
    {
        Series = series;
        Time = time;
    }

    /// <summary>The series' id; <see langword="null"/> for all of them.</summary>
    public string? Series { get; }

    /// <summary>The time; <see langword="null"/> for the whole series, or one without times.</summary>
    public DateTime? Time { get; }

    private static string Place(string? series, DateTime? time) => (series, time) switch
    {
        (null, null) => "",
        (null, { } at) => $"{TimeAxis.Text(at)}: ",
        (_, null) => $"Series '{series}': ",
        (_, { } at) => $"Series '{series}' at {TimeAxis.Text(at)}: ",
    };
}
