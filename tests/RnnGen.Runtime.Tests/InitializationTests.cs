namespace RnnGen.Runtime.Tests;

public sealed class InitializationTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 7)]
    [InlineData(4, 16, 16)]
    [InlineData(3, 33, 33)]
    [InlineData(2, 5, 12)]
    [InlineData(2, 12, 5)]
    [InlineData(4, 1, 9)]
    [InlineData(4, 9, 1)]
    [InlineData(1, 128, 128)]
    public void OrthogonalBlocksHaveOrthonormalRowsOrColumns(int blocks, int rows, int columns)
    {
        double[] weight = new double[blocks * rows * columns];
        Initialization.Orthogonal<double>(weight, blocks, rows, columns, seed: 3, tensor: 1);
        for (int block = 0; block < blocks; block++)
        {
            double At(int i, int k) => rows <= columns
                ? weight[(((block * rows) + i) * columns) + k]
                : weight[(((block * rows) + k) * columns) + i];
            for (int i = 0; i < Math.Min(rows, columns); i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    double dot = Enumerable.Range(0, Math.Max(rows, columns)).Sum(k => At(i, k) * At(j, k));
                    dot.ShouldBe(i == j ? 1 : 0, 1e-13);
                }
            }
        }

        if (blocks > 1 && rows * columns > 1)
        {
            weight[..(rows * columns)].ShouldNotBe(weight[(rows * columns)..(2 * rows * columns)]);
        }
    }

    [Fact]
    public void OrthogonalMatricesHaveNoPreferredDirection()
    {
        // The trace of a random orthogonal matrix has mean 0 and variance 1; a QR without the sign fix fails this.
        double[] traces = [.. Enumerable.Range(0, 2000).Select(seed =>
        {
            double[] weight = new double[16];
            Initialization.Orthogonal<double>(weight, 1, 4, 4, seed, 0);
            return weight[0] + weight[5] + weight[10] + weight[15];
        })];
        traces.Average().ShouldBe(0, 0.1);
        traces.Average(t => t * t).ShouldBe(1, 0.15);
    }

    [Fact]
    public void GlorotIsUniformWithTheFansOfOneBlock()
    {
        double[] weight = new double[4 * 50 * 100];
        Initialization.Glorot<double>(weight, blocks: 4, rows: 50, columns: 100, seed: 1, tensor: 0);
        double bound = Math.Sqrt(6.0 / 150);
        weight.Max().ShouldBeInRange(0.99 * bound, bound);
        weight.Min().ShouldBeInRange(-bound, -0.99 * bound);
        weight.Average().ShouldBe(0, 0.02 * bound);
        weight.Average(w => w * w).ShouldBe(bound * bound / 3, 0.02 * bound * bound);
    }

    [Fact]
    public void UniformFillsItsRangeEvenly()
    {
        float[] values = new float[20_000];
        Initialization.Uniform<float>(values, 0.25, seed: 5, tensor: 2);
        values.ShouldAllBe(v => v >= -0.25f && v <= 0.25f);
        foreach (var bin in values.GroupBy(v => (int)Math.Min(9, (v + 0.25) * 20)))
        {
            bin.Count().ShouldBeInRange(1800, 2200);
        }
    }

    [Fact]
    public void IdentityOfEachBlock()
    {
        float[] weight = [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
        Initialization.Identity<float>(weight, blocks: 2, rows: 2, columns: 3);
        weight.ShouldBe([1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0]);
    }

    [Fact]
    public void FloatAndDoubleGetTheSameNumbersUpToRounding()
    {
        float[] single = new float[300];
        double[] precise = new double[300];
        Initialization.Orthogonal<float>(single, 3, 10, 10, 7, 4);
        Initialization.Orthogonal<double>(precise, 3, 10, 10, 7, 4);
        single.ShouldBe(precise.Select(x => (float)x));
        Initialization.Glorot<float>(single, 3, 10, 10, 7, 4);
        Initialization.Glorot<double>(precise, 3, 10, 10, 7, 4);
        single.ShouldBe(precise.Select(x => (float)x));
    }

    [Fact]
    public void SeedAndTensorDecide()
    {
        double[] Draw(int seed, int tensor)
        {
            double[] values = new double[8];
            Initialization.Uniform<double>(values, 1, seed, tensor);
            return values;
        }

        Draw(1, 2).ShouldBe(Draw(1, 2));
        Draw(1, 2).ShouldNotBe(Draw(1, 3));
        Draw(1, 2).ShouldNotBe(Draw(2, 2));
        Draw(1, 2).ShouldNotBe(Draw(2, 1));
        Draw(-1, 0).ShouldNotBe(Draw(1, 0));
    }

    [Fact]
    public void TheNumbersStayAsTheyAre()
    {
        // A saved seed must mean the same model in the next release and on the next machine.
        double[] uniform = new double[2], orthogonal = new double[4];
        Initialization.Uniform<double>(uniform, 1, seed: 42, tensor: 0);
        Initialization.Orthogonal<double>(orthogonal, 1, 2, 2, seed: 42, tensor: 0);
        // Worked out by an independent program, from Philox's published constants.
        uniform.ShouldBe([0.1877403418189061, -0.292375569640132]);
        orthogonal.ShouldBe([0.2304428084816869, -0.973085870835186, 0.973085870835186, 0.2304428084816869], 1e-14);
    }

    [Fact]
    public void ShapesAreChecked() => Should.Throw<ArgumentException>(() => Initialization.Glorot<float>(new float[5], 1, 2, 3, 0, 0)).Message.ShouldContain("6 values; found 5");
}
