namespace RnnGen.Exchange.Files;

/// <summary>Linear maps behind and in front of others: matrices with their rows or columns scaled, and biases that follow.</summary>
internal static class TensorMaps
{
    /// <summary>Rows, each with a factor of its own; a matrix of any rank whose first axis are the rows.</summary>
    public static Tensor ScaledRows(this Tensor tensor, double[] scale)
    {
        int row = tensor.Values.Length / scale.Length;
        return new Tensor(tensor.Name, tensor.Shape, [.. tensor.Values.Select((value, k) => value * scale[k / row])]);
    }

    /// <summary>Columns, each with a factor of its own.</summary>
    public static Tensor ScaledColumns(this Tensor matrix, double[] scale) => new(matrix.Name, matrix.Shape, [.. matrix.Values.Select((value, k) => value * scale[k % scale.Length])]);

    /// <summary>scale · b + shift; a bias that is not there is zeros.</summary>
    public static Tensor Shifted(this Tensor? bias, string name, double[] scale, double[] shift) => new(bias?.Name ?? name, [shift.Length], [.. shift.Select((value, j) => value + (scale[j] * (bias?.Values[j] ?? 0)))]);

    /// <summary>b + W shift.</summary>
    public static Tensor Shifted(this Tensor? bias, Tensor matrix, double[] shift)
    {
        double[] values = bias is null ? new double[matrix.Rows] : [.. bias.Values];
        for (int k = 0; k < matrix.Values.Length; k++)
        {
            values[k / shift.Length] += matrix.Values[k] * shift[k % shift.Length];
        }

        return new Tensor(bias?.Name ?? matrix.Name, [matrix.Rows], values);
    }
}
