using System.Text;

namespace RnnGen.Data;

/// <summary>How a file of the UCR/UEA archive is read; see <see cref="TimeSeriesFile"/>.</summary>
public sealed record TimeSeriesOptions
{
    /// <summary>Characters of the longest line, unless another number is given: four times the longest one of the archive.</summary>
    public const int DefaultLongestLine = 1 << 24;

    /// <summary>
    /// The labels by which classes are numbered: those of the training file (<see cref="TimeSeriesFile.Labels"/>), or what the model carries
    /// (<c>model.Metadata.GetLabels("target")</c>). A series with another label is an error. By default the order of the file's own header, which another file of the
    /// same problem need not have. A file of a regression, or without labels, contradicts them, which is an error.
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

    /// <summary>The encoding of a file without byte order mark. <see langword="null"/> (default): UTF-8. Bytes that are not of the encoding are an error.</summary>
    public Encoding? Encoding { get; init; }
}
