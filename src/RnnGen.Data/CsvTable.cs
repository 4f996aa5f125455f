using System.Collections;
using System.Numerics;

namespace RnnGen.Data;

/// <summary>
/// Reads several columns of a CSV or TSV file, row by row, without having the file in memory. Format, encoding and errors are those of <see cref="CsvSeries"/>;
/// blank lines are passed over. A record of more than 1 MiB is an error.
/// </summary>
/// <example>
/// <code>
/// CsvColumn[] columns = ["temperature", "pressure"];
/// var options = new CsvOptions { DateColumn = "time", MissingValues = MissingValues.CarryForward };
/// model.Fit(StreamedSequences.Windows(CsvTable.Rows("weather.csv", columns, options), 2, Model.SequenceLength, targets: [0]));
/// </code>
/// </example>
public static class CsvTable
{
    /// <summary>Streams rows as <see cref="float"/> values; each enumeration reads the file again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns in the order wanted, at least one, by name or by index from 0.</param>
    /// <param name="options">How the file is written; by default this is seen from the file.</param>
    /// <returns>Rows of <paramref name="columns"/> values. The memory is used again for the next row.</returns>
    /// <exception cref="DataFormatException">Thrown by the enumeration: the file cannot be read as asked; see the remarks on <see cref="CsvSeries"/>.</exception>
    /// <exception cref="IOException">Thrown by the enumeration: the file is missing or cannot be opened.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> Rows(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => FromFile<float>(path, columns, options);

    /// <summary>Streams rows as <see cref="double"/> values; see <see cref="Rows(string, IReadOnlyList{CsvColumn}, CsvOptions?)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns in the order wanted, at least one.</param>
    /// <param name="options">How the file is written.</param>
    public static IEnumerable<ReadOnlyMemory<double>> RowsDouble(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => FromFile<double>(path, columns, options);

    /// <summary>Reads all rows into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Columns in the order wanted, at least one.</param>
    /// <param name="options">How the file is written; by default this is seen from the file.</param>
    /// <returns>Values <c>[row, column]</c>, at least one row.</returns>
    /// <exception cref="DataFormatException">The file cannot be read as asked; see the remarks on <see cref="CsvSeries"/>.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static float[] Read(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => All(FromFile<float>(path, columns, options));

    /// <summary>Reads all rows into memory; see <see cref="Read(string, IReadOnlyList{CsvColumn}, CsvOptions?)"/>.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="columns">Columns in the order wanted, at least one.</param>
    /// <param name="options">How the text is written.</param>
    /// <exception cref="DataFormatException">The text cannot be read as asked.</exception>
    public static float[] Read(TextReader reader, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return All(new CsvRows<float>(() => reader, null, Checked(columns), options ?? new CsvOptions(), leaveOpen: true));
    }

    private static CsvRows<T> FromFile<T>(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CsvRows<T>(() => TextFile.Open(path, options?.Encoding), path, Checked(columns), options ?? new CsvOptions(), leaveOpen: false);
    }

    private static CsvColumn[] Checked(IReadOnlyList<CsvColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return columns.Count > 0 ? [.. columns] : throw new ArgumentException("At least one column must be asked for.", nameof(columns));
    }

    private static T[] All<T>(IEnumerable<ReadOnlyMemory<T>> rows)
    {
        List<T> values = [];
        foreach (ReadOnlyMemory<T> row in rows)
        {
            values.AddRange(row.Span);
        }

        return [.. values];
    }
}

/// <summary>The rows of a table's columns; missing values are dealt with on the way.</summary>
internal sealed class CsvRows<T>(Func<TextReader> open, string? path, CsvColumn[] columns, CsvOptions options, bool leaveOpen) : IEnumerable<ReadOnlyMemory<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows that wait for the value to which a line is drawn; a gap without bound would hold the file.
    private const int LongestGap = 1 << 16;

    public IEnumerator<ReadOnlyMemory<T>> GetEnumerator()
    {
        TextReader text = open();
        try
        {
            using CsvRecords records = new(text, path, columns, options);
            T[] row = new T[columns.Length], last = new T[columns.Length];
            List<(T[] Row, int Line)> waiting = [];
            bool isFirst = true;
            while (records.Next())
            {
                bool isWhole = true, isDropped = false;
                for (int i = 0; i < row.Length; i++)
                {
                    if (records.IsMissing(i))
                    {
                        isWhole = false;
                        isDropped = options.MissingValues == MissingValues.DropRow;
                        row[i] = Missing(records, i, isFirst, last);
                        if (isDropped)
                        {
                            break;
                        }
                    }
                    else
                    {
                        row[i] = records.Number<T>(i);
                    }
                }

                if (isDropped)
                {
                    continue;
                }

                if (options.MissingValues == MissingValues.Interpolate && (!isWhole || waiting.Count > 0))
                {
                    waiting.Add(((T[])row.Clone(), records.Line));
                    if (!isWhole)
                    {
                        if (waiting.Count >= LongestGap)
                        {
                            throw records.Error($"values are missing over {LongestGap} rows, which is too far to draw a line.", 0, waiting[0].Line);
                        }

                        isFirst = false;
                        continue;
                    }

                    for (int i = 0; i < row.Length; i++)
                    {
                        Fill(waiting, i, last[i]);
                    }

                    foreach ((T[] filled, _) in waiting)
                    {
                        filled.CopyTo(row, 0);
                        yield return row;
                    }

                    waiting.Clear();
                }
                else
                {
                    yield return row;
                }

                row.CopyTo(last, 0);
                isFirst = false;
            }

            if (waiting.Count > 0)
            {
                int column = Array.FindIndex(waiting[^1].Row, T.IsNaN);
                throw records.Error("values are missing from here to the end, so there is none to interpolate to; end the file at a value, or carry the last one forward.", column, waiting[^1].Line);
            }

            if (isFirst)
            {
                throw records.NoRows();
            }
        }
        finally
        {
            if (!leaveOpen)
            {
                text.Dispose();
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T Missing(CsvRecords records, int column, bool isFirst, T[] last)
    {
        if (options.MissingValues == MissingValues.Error)
        {
            throw records.Error($"the value is missing; fill it in, or set {nameof(CsvOptions)}.{nameof(CsvOptions.MissingValues)}.", column);
        }

        return options.MissingValues switch
        {
            MissingValues.DropRow or MissingValues.Keep => T.NaN,
            _ when isFirst => throw records.Error("the first value is missing, so there is none to fill it from; begin the file at a value.", column),
            MissingValues.CarryForward => last[column],
            _ => T.NaN,
        };
    }

    /// <summary>Draws a line through a column's missing values, from the value before the waiting rows to the one in the last of them.</summary>
    private static void Fill(List<(T[] Row, int Line)> waiting, int column, T before)
    {
        int from = -1; // the last row with a value; -1 for the one before all
        for (int at = 0; at < waiting.Count; at++)
        {
            T value = waiting[at].Row[column];
            if (T.IsNaN(value))
            {
                continue;
            }

            for (int i = from + 1; i < at; i++)
            {
                waiting[i].Row[column] = before + ((value - before) * T.CreateChecked(i - from) / T.CreateChecked(at - from));
            }

            (from, before) = (at, value);
        }
    }
}
