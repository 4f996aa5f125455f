using System.Runtime.InteropServices;

namespace RnnGen.Comparison;

/// <summary>The weights and data of a row, the same for everybody; in memory and in a file for other processes.</summary>
internal sealed class Problem
{
    private Problem(Row row, float[] parameters, float[] inputs, float[] targets, string path) =>
        (Row, Parameters, Inputs, Targets, Path) = (row, parameters, inputs, targets, path);

    public Row Row { get; }

    /// <summary>All parameters in the layout's order, which is PyTorch's: input weight, recurrent weight, their biases (a cell of one's own may have others), the head's weight and bias.</summary>
    public float[] Parameters { get; }

    /// <summary>[batch, step, input]</summary>
    public float[] Inputs { get; }

    /// <summary>[batch], or [step] when streaming.</summary>
    public float[] Targets { get; }

    /// <summary>The file: parameters, inputs, targets as little-endian floats, and of sequences that differ in length their lengths.</summary>
    public string Path { get; }

    /// <summary>Draws the problem of a row and writes its file.</summary>
    /// <param name="row">The row.</param>
    /// <param name="folder">Where the file goes; it must exist.</param>
    public static Problem Create(Row row, string folder)
    {
        string[] expected = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight", "bias"];
        if (row.HasPeers && !row.IsOwn && !row.Layout.Parameters.Select(p => p.Name[(p.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]).SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"The harnesses expect the parameters {string.Join(", ", expected)}; {row.Layout.ModelName} has {string.Join(", ", row.Layout.Parameters.Select(p => p.Name))}.");
        }

        Random random = new(1);
        float[] Draw(int length) => Enumerable.Range(0, length).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        string path = System.IO.Path.Combine(folder, $"{row.Layout.ModelName}.bin");
        Problem problem = new(row, row.Draw(), Draw(row.Batch * row.Layout.InputLength), Draw(row.Batch * row.Layout.TargetLength), path);
        using FileStream file = File.Create(path);
        foreach (float[] values in (float[][])[problem.Parameters, problem.Inputs, problem.Targets, [.. (row.Lengths ?? []).Select(l => (float)l)]])
        {
            file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return problem;
    }

    /// <summary>Reads the file that <see cref="Create"/> wrote.</summary>
    public static Problem Read(Row row, string path)
    {
        float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        int inputs = row.Layout.ParameterCount, targets = inputs + (row.Batch * row.Layout.InputLength);
        return new Problem(row, values[..inputs], values[inputs..targets], values[targets..(targets + (row.Batch * row.Layout.TargetLength))], path);
    }

    /// <summary>One parameter's values.</summary>
    public ReadOnlySpan<float> Parameter(int index) => Parameters.AsSpan(Row.Layout.Parameters[index].Offset, Row.Layout.Parameters[index].Length);

    /// <summary>The head's output for one hidden state, summed in double.</summary>
    public float Head(ReadOnlySpan<float> hidden)
    {
        double y = Parameter(5)[0];
        for (int i = 0; i < hidden.Length; i++)
        {
            y += (double)Parameter(4)[i] * hidden[i];
        }

        return (float)y;
    }
}
