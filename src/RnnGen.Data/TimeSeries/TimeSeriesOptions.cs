using System.Text;

namespace RnnGen.Data;

/// <summary>How a file of the UCR/UEA archive is read; see <see cref="TimeSeriesFile"/>.</summary>
public sealed record TimeSeriesOptions
{
    /// <summary>Default of <see cref="LongestLine"/>: four times the longest line of the archive.</summary>
    public const int DefaultLongestLine = 1 << 24;

    /// <summary>
    /// The labels in the order of their classes: those of the training file (<see cref="TimeSeriesFile.Labels"/>), or those saved with the model
    /// (<c>model.Metadata.GetLabels("target")</c>). A series with another label is an error, and so is a file without labels. Default: <see langword="null"/>, the order of the
    /// file's own header, which may differ between files of the same problem.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Maximum characters of a line, at least 1. Default: <see cref="DefaultLongestLine"/>. A longer line is an error, so that a file without line ends does not fill the memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int LongestLine
    {
        get;
        init
        {
            Guard.AtLeast(value, 1, nameof(LongestLine));
            field = value;
        }
    } = DefaultLongestLine;

    /// <summary>Encoding of a file without a byte order mark. <see langword="null"/> (default): UTF-8. Bytes that are invalid in the encoding are an error.</summary>
    public Encoding? Encoding { get; init; }
}
