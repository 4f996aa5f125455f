using System.Globalization;
using System.Text;
using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>
/// A <c>.tsf</c> file of the Monash Time Series Forecasting Repository (Godahewa et al., "Monash Time Series Forecasting Archive", NeurIPS 2021): one series a line, below a header.
/// </summary>
/// <remarks>
/// <c>?</c> is a missing value: NaN. The first attribute of type <c>string</c> is the id, one of type <c>date</c> the time of the first value; other attributes are statics: numbers of type <c>numeric</c>, categories of type <c>string</c>. A file without one of
/// type <c>date</c>, or without a frequency, has no times.
/// </remarks>
/// <example>
/// <code>
/// TsfFile file = TsfFile.Read("tourism_monthly_dataset.tsf");
/// SeriesSet past = file.Series.WithoutLast(file.Horizon ?? 24);
/// </code>
/// </example>
public sealed class TsfFile
{
    /// <summary>The default maximum number of characters in a line.</summary>
    internal const int LongestLine = 1 << 28;

    internal TsfFile(string name, SeriesSet series, int? horizon) => (Name, Series, Horizon) = (name, series, horizon);

    /// <summary>The name in the header (<c>@relation</c>); empty where there is none.</summary>
    public string Name { get; }

    /// <summary>The series.</summary>
    public SeriesSet Series { get; }

    /// <summary>The steps to forecast (<c>@horizon</c>); <see langword="null"/> where the file does not say.</summary>
    public int? Horizon { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">The encoding of a file without a byte order mark; <see langword="null"/> for UTF-8.</param>
    /// <exception cref="DataFormatException">The file is not of the format; the message names the line.</exception>
    /// <exception cref="SeriesDataException">Two series have one id.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static TsfFile Read(string path, Encoding? encoding = null) => new TsfLines(path).Read(TextLines.Read(path, LongestLine, encoding));

    /// <summary>Reads a text; see <see cref="Read(string, Encoding?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <exception cref="DataFormatException">The text is not of the format; the message names the line.</exception>
    /// <exception cref="SeriesDataException">Two series have one id.</exception>
    public static TsfFile Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new TsfLines(null).Read(TextLines.Read(reader, LongestLine));
    }
}
