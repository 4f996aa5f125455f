using System.Collections;
using System.Numerics;

namespace RnnGen.Data;

/// <summary>The rows of a table's columns, with missing values handled.</summary>
internal sealed class CsvRows<T>(Func<TextReader> open, string? path, CsvColumn[] columns, CsvOptions options, bool leaveOpen) : IEnumerable<ReadOnlyMemory<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows that wait for the value to which a line is drawn; a gap without bound would hold the file.
    private const int LongestGap = 1 << 16;

    /// <summary>All rows, one after the other.</summary>
    public T[] All()
    {
        List<T> values = [];
        foreach (ReadOnlyMemory<T> row in this)
        {
            values.AddRange(row.Span);
        }

        return [.. values];
    }

    public IEnumerator<ReadOnlyMemory<T>> GetEnumerator()
    {
        TextReader text = open();
        try
        {
            using CsvRecords records = new(text, path, columns, options);
            T[] row = new T[columns.Length], last = new T[columns.Length];
            List<(T[] Row, int Line)> waiting = [];
            bool isFirst = true;
            while (records.Read())
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
                            throw records.Error(Invariant($"values are missing over {LongestGap} rows, which is too far to interpolate; set {nameof(CsvOptions)}.{nameof(CsvOptions.MissingValues)} to {nameof(MissingValues.CarryForward)}, or start the file after them."), 0, waiting[0].Line);
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
                int column = Array.FindIndex(waiting[^1].Row, T.IsNaN), from = waiting.FindLastIndex(w => !T.IsNaN(w.Row[column])) + 1;
                throw records.Error("values are missing from here to the end, so there is nothing to interpolate to; end the file at a value, or carry the last one forward.", column, waiting[from].Line);
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
            MissingValues.CarryForward or MissingValues.Interpolate when isFirst => throw records.Error("the first value is missing, so there is nothing to fill it from; start the file at a value.", column),
            MissingValues.CarryForward => last[column],
            MissingValues.Interpolate => T.NaN,
            _ => throw new InvalidOperationException(Invariant($"There is no {nameof(MissingValues)} '{options.MissingValues}'.")),
        };
    }

    /// <summary>Interpolates a column's missing values, from the value before the waiting rows to the one in the last of them.</summary>
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
