using RnnGen.Runtime;

namespace RnnGen.Exchange.Files;

/// <summary>A matrix or vector of a file, row-major. What it says was checked: as many values as its shape has, each of them finite.</summary>
internal sealed class Tensor
{
    /// <summary>Creates it.</summary>
    /// <param name="name">Its name in the file, for messages.</param>
    /// <param name="shape">Its lengths.</param>
    /// <param name="values">The product of the lengths.</param>
    /// <exception cref="ForeignFileException">A value is not finite.</exception>
    public Tensor(string name, IReadOnlyList<int> shape, double[] values)
    {
        (Name, Shape, Values) = (name, shape, values);
        for (int k = 0; k < values.Length; k++)
        {
            if (!double.IsFinite(values[k]))
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} holds a value at index {k} that is not finite: the model had diverged before it was saved, or the file is damaged."));
            }
        }
    }

    public string Name { get; }

    public IReadOnlyList<int> Shape { get; }

    public double[] Values { get; }

    public int Rows => Shape[0];

    public int Columns => Values.Length == 0 ? 0 : Values.Length / Shape[0];

    public string ShapeText => TensorLimits.ShapeText([.. Shape.Select(static length => (long)length)]);

    public static Tensor Zeros(string name, params int[] shape) => new(name, shape, new double[shape.Aggregate(1, static (product, length) => product * length)]);

    /// <summary>Rows in another order of their blocks.</summary>
    /// <param name="order">For each block of the result, the block that it is here.</param>
    public Tensor Blocks(params int[] order)
    {
        int block = Values.Length / order.Length;
        double[] values = new double[Values.Length];
        for (int i = 0; i < order.Length; i++)
        {
            Values.AsSpan(order[i] * block, block).CopyTo(values.AsSpan(i * block));
        }

        return new Tensor(Name, Shape, values);
    }

    public Tensor Transposed()
    {
        int rows = Rows, columns = Columns;
        double[] values = new double[Values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                values[(j * rows) + i] = Values[(i * columns) + j];
            }
        }

        return new Tensor(Name, [columns, rows], values);
    }

    /// <summary>A part of the values with a shape of its own.</summary>
    /// <param name="first">Its first value.</param>
    /// <param name="shape">Its lengths.</param>
    public Tensor Part(int first, params int[] shape) => new(Name, shape, Values.AsSpan(first, shape.Aggregate(1, static (product, length) => product * length)).ToArray());
}
