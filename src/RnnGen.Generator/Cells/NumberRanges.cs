using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>The values that a declaration may give to the numbers of equations: <c>number leak = 0.3 from 0 to 1</c>, or <c>from 0</c> without a maximum.</summary>
internal sealed class NumberRanges
{
    private readonly Dictionary<string, (double Minimum, double Maximum)> _ranges = [];

    /// <summary>Reads the range behind a number's value, if there is one.</summary>
    public void Read(string name, CellLine line)
    {
        if (line.Accept("from"))
        {
            double minimum = line.ReadSigned();
            _ranges[name] = (minimum, line.Accept("to") ? line.ReadSigned() : double.PositiveInfinity);
        }
    }

    /// <summary>What is wrong with values of a number; null where they are in its range, or it has none.</summary>
    public string? Problem(string name, IEnumerable<double> values) =>
        !_ranges.TryGetValue(name, out (double Minimum, double Maximum) range) || values.All(v => v >= range.Minimum && v <= range.Maximum) ? null
        : string.Format(CultureInfo.InvariantCulture, double.IsPositiveInfinity(range.Maximum) ? "'{0}' is at least {1:R}" : "'{0}' is from {1:R} to {2:R}", name, range.Minimum, range.Maximum);
}
