using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx;

/// <summary>What a Reshape makes of axes: directions go into the features beside them, and nothing else changes its place. With one sequence, a batch of 1 may stand in front of the steps or behind them.</summary>
internal static class OnnxReshape
{
    // Two settings of batch and steps tell which of a target's lengths are those.
    private static readonly (int Batch, int Steps)[] s_settings = [(3, 5), (2, 7)];

    /// <summary>The axes behind it; null where it is another one.</summary>
    /// <param name="axes">The axes in front.</param>
    /// <param name="directions">Indices of the axis of directions.</param>
    /// <param name="width">Numbers of all directions and features.</param>
    /// <param name="steps">Steps, where they are fixed; a target may fix them.</param>
    /// <param name="target">The lengths to reshape to, for a batch and steps; null where they are not known.</param>
    public static string? Of(string axes, int directions, int width, ref int? steps, Func<int, int, OnnxTensor?> target)
    {
        bool joins = axes.EndsWith("DF", StringComparison.Ordinal) || directions == 1;
        string joined = joins ? axes.Replace("D", "", StringComparison.Ordinal) : axes;
        if (target(s_settings[0].Batch, s_settings[0].Steps)?.Whole() is not { } first || target(s_settings[1].Batch, s_settings[1].Steps)?.Whole() is not { } second || first.Count != joined.Length || second.Count != first.Count)
        {
            return null;
        }

        char[] roles = new char[first.Count];
        for (int i = 0; i < roles.Length; i++)
        {
            roles[i] = first[i] == second[i] ? '#' : (first[i], second[i]) == (s_settings[0].Steps, s_settings[1].Steps) ? 'T' : (first[i], second[i]) == (s_settings[0].Batch, s_settings[1].Batch) ? 'B' : '?';
        }

        string swapped = joined.Replace('T', '-').Replace('B', 'T').Replace('-', 'B');
        string result = joined.Contains('T', StringComparison.Ordinal) && joined.Contains('B', StringComparison.Ordinal) && IsOneSequence(swapped, first, roles) ? swapped : joined;
        int? found = steps;
        for (int i = 0; i < roles.Length; i++)
        {
            if (!Fits(i))
            {
                return null;
            }
        }

        steps = found;
        return result;

        bool Fits(int i)
        {
            char role = result[i];
            long length = first[i];
            if (roles[i] != '#')
            {
                return roles[i] == role;
            }

            if (length == 0)
            {
                // The length of the axis that stood there.
                char copied = i < axes.Length ? axes[i] : '?';
                return copied == role ? role != 'F' || !axes.Contains('D', StringComparison.Ordinal) || directions == 1 : copied == 'D' && directions == 1 && role == 'B';
            }

            if (role == 'T' && length > 1 && found is null)
            {
                found = (int)Math.Min(length, int.MaxValue);
            }

            return length == -1 || role switch
            {
                'T' => length == found,
                'B' => length > 0,
                'F' => length == width,
                'D' => length == directions,
                _ => false,
            };
        }
    }

    // A 1 where the steps stood, and all of them where the batch stood.
    private static bool IsOneSequence(string swapped, List<long> target, char[] roles)
    {
        int batch = swapped.IndexOf('B', StringComparison.Ordinal), time = swapped.IndexOf('T', StringComparison.Ordinal);
        return roles[batch] == '#' && target[batch] == 1 && (roles[time] == 'T' || (roles[time] == '#' && target[time] is -1 or > 1));
    }
}
