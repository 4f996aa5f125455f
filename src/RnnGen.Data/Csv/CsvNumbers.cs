using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RnnGen.Data;

/// <summary>
/// The number format of a file: <c>[sign] digits [decimal separator digits] [exponent]</c>, with the digits before the decimal separator in groups of three if thousands are
/// separated. A field with any other character is not a number.
/// </summary>
internal sealed class CsvNumbers(char decimalSeparator, char? thousandsSeparator)
{
    private static readonly SearchValues<byte> s_characters = SearchValues.Create("0123456789+-.eE"u8);

    private readonly bool _isInvariant = decimalSeparator == '.' && thousandsSeparator is null;

    /// <summary>Whether a field is a number, finite or too large for <typeparamref name="T"/>; then it is infinite.</summary>
    /// <param name="field">UTF-8, without spaces around it.</param>
    /// <param name="value">The number.</param>
    public bool TryParse<T>(ReadOnlySpan<byte> field, out T value) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        if (_isInvariant)
        {
            value = default;
            return !field.ContainsAnyExcept(s_characters) && T.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        }

        char[] characters = ArrayPool<char>.Shared.Rent(field.Length);
        try
        {
            value = default;
            int length = Encoding.UTF8.GetChars(field, characters);
            return ToInvariant(characters.AsSpan(0, length)) is int written and > 0
                && T.TryParse(characters.AsSpan(0, written), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>Writes a number as the invariant culture does, in place.</summary>
    /// <returns>The number of characters written; 0 if it is not a number.</returns>
    private int ToInvariant(Span<char> number)
    {
        int to = 0, group = 0; // digits since the last separator
        bool isWhole = true, hasGroups = false, hasDigits = false;
        for (int i = 0; i < number.Length; i++)
        {
            char c = number[i];
            if (char.IsAsciiDigit(c))
            {
                (group, hasDigits) = (group + 1, true);
            }
            else if (c is 'e' or 'E' or '+' or '-' || c == decimalSeparator)
            {
                // The end of the whole digits, or what stands before them.
                if (isWhole && hasGroups && group != 3)
                {
                    return 0;
                }

                isWhole = isWhole && !hasDigits && (c is '+' or '-');
                c = c == decimalSeparator ? '.' : c;
            }
            else if (isWhole && c == thousandsSeparator && (hasGroups ? group == 3 : group is >= 1 and <= 3 && number[to - group] != '0'))
            {
                (hasGroups, group) = (true, 0);
                continue;
            }
            else
            {
                return 0;
            }

            number[to++] = c;
        }

        return isWhole && hasGroups && group != 3 ? 0 : to;
    }
}
