using System.Collections;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>Rows that are known to be normalised: 0 is the mean of a feature (standard score) or its minimum (range).</summary>
internal interface INormalizedRows;

/// <summary>Normalises rows as they are read. The memory of a row is reused for the next one.</summary>
internal sealed class NormalizedRows<T>(FeatureNormalizer normalizer, IEnumerable<ReadOnlyMemory<T>> rows) : IEnumerable<ReadOnlyMemory<T>>, INormalizedRows
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public IEnumerator<ReadOnlyMemory<T>> GetEnumerator()
    {
        T[] normalized = [];
        foreach (ReadOnlyMemory<T> row in rows)
        {
            Array.Resize(ref normalized, row.Length);
            row.CopyTo(normalized);
            normalizer.Apply<T>(normalized);
            yield return normalized;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
