using System.Globalization;

namespace RnnGen.Data;

/// <summary>
/// A column of a table, by its name in the header or by its index from 0.
/// A <see cref="string"/> or an <see cref="int"/> converts to it.
/// </summary>
public readonly record struct CsvColumn
{
    private CsvColumn(string? name, int index)
    {
        Name = name;
        Index = index;
    }

    /// <summary>The name in the header; <c>null</c> if the column is given by index.</summary>
    public string? Name { get; }

    /// <summary>The index from 0; -1 if the column is given by name.</summary>
    public int Index { get; }

    /// <summary>The column with this name in the header; case-sensitive, spaces around it are ignored.</summary>
    /// <param name="name">The name in the file.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static CsvColumn FromString(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new CsvColumn(name.Trim(), -1);
    }

    /// <summary>The column at this index.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static CsvColumn FromInt32(int index)
    {
        Guard.AtLeast(index, 0);
        return new CsvColumn(null, index);
    }

    /// <summary>The column with this name; see <see cref="FromString"/>.</summary>
    /// <param name="name">The name in the file.</param>
    public static implicit operator CsvColumn(string name) => FromString(name);

    /// <summary>The column at this index; see <see cref="FromInt32"/>.</summary>
    /// <param name="index">From 0.</param>
    public static implicit operator CsvColumn(int index) => FromInt32(index);

    /// <inheritdoc/>
    public override string ToString() => Name is null ? "at index " + Index.ToString(CultureInfo.InvariantCulture) : $"'{Name}'";
}
