using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Generated models draw their parameters as their declarations say.</summary>
public class InitializerTests
{
    private const int Forget = 1; // Gates are i, f, g, o.

    [Fact]
    public void By_default_an_LSTM_has_Glorot_input_weights_orthogonal_recurrent_weights_and_forget_bias_1()
    {
        ReadOnlySpan<float> parameters = new AddingLstm(3).Parameters;
        const int size = 16;
        ShouldSpread(Tensor(AddingLstm.Layout, parameters, "rnn.weight_ih_l0"), Math.Sqrt(6.0 / (size + AddingLstm.InputSize)));
        ShouldBeOrthogonal(Tensor(AddingLstm.Layout, parameters, "rnn.weight_hh_l0"), blocks: 4, size, size, 1e-6);
        double[] bias = Tensor(AddingLstm.Layout, parameters, "rnn.bias_ih_l0");
        for (int i = 0; i < bias.Length; i++)
            bias[i].ShouldBe(i / size == Forget ? 1 : 0, $"bias_ih[{i}]");
        Tensor(AddingLstm.Layout, parameters, "rnn.bias_hh_l0").ShouldAllBe(v => v == 0);
        ShouldSpread(Tensor(AddingLstm.Layout, parameters, "head.weight"), Math.Sqrt(6.0 / (size + 1)));
        Tensor(AddingLstm.Layout, parameters, "head.bias").ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void By_default_each_layer_of_a_stack_has_orthogonal_recurrent_weights()
    {
        ReadOnlySpan<double> parameters = new StackLastMse(3).Parameters;
        ShouldBeOrthogonal(Tensor(StackLastMse.Layout, parameters, "rnn.weight_hh_l0"), blocks: 4, 7, 7, 1e-14);
        ShouldBeOrthogonal(Tensor(StackLastMse.Layout, parameters, "rnn.weight_hh_l1"), blocks: 3, 9, 9, 1e-14);
        ShouldBeOrthogonal(Tensor(StackLastMse.Layout, parameters, "rnn.weight_hh_l2"), blocks: 1, 5, 5, 1e-14);
        foreach (string bias in (string[])["rnn.bias_ih_l1", "rnn.bias_hh_l1", "rnn.bias_ih_l2", "rnn.bias_hh_l2"])
            Tensor(StackLastMse.Layout, parameters, bias).ShouldAllBe(v => v == 0, bias);
    }

    [Fact]
    public void Uniform_draws_all_of_a_layer_within_PyTorchs_bounds()
    {
        ReadOnlySpan<double> parameters = new UniformLstm(3).Parameters;
        foreach (ParameterInfo p in UniformLstm.Layout.Parameters)
            ShouldSpread(parameters.Slice(p.Offset, p.Length).ToArray(), 1 / Math.Sqrt(p.Name.StartsWith("head.", StringComparison.Ordinal) ? 6 : 7));
    }

    [Fact]
    public void Orthogonal_makes_every_weight_orthogonal_and_leaves_biases_0()
    {
        ReadOnlySpan<double> parameters = new OrthogonalGru(3).Parameters;
        ShouldBeOrthogonal(Tensor(OrthogonalGru.Layout, parameters, "rnn.weight_ih_l0"), blocks: 3, 9, 3, 1e-14);
        ShouldBeOrthogonal(Tensor(OrthogonalGru.Layout, parameters, "rnn.weight_hh_l0"), blocks: 3, 9, 9, 1e-14);
        ShouldBeOrthogonal(Tensor(OrthogonalGru.Layout, parameters, "head.weight"), blocks: 1, 2, 9, 1e-14);
        foreach (ParameterInfo p in OrthogonalGru.Layout.Parameters.Where(p => p.Kind == ParameterKind.Bias))
            Tensor(OrthogonalGru.Layout, parameters, p.Name).ShouldAllBe(v => v == 0, p.Name);
    }

    [Fact]
    public void Identity_makes_recurrent_weights_the_identity_and_input_weights_Glorot()
    {
        ReadOnlySpan<double> parameters = new IdentityRnn(3).Parameters;
        double[] recurrent = Tensor(IdentityRnn.Layout, parameters, "rnn.weight_hh_l0");
        for (int i = 0; i < recurrent.Length; i++)
            recurrent[i].ShouldBe(i % 10 == 0 ? 1 : 0);
        ShouldSpread(Tensor(IdentityRnn.Layout, parameters, "rnn.weight_ih_l0"), Math.Sqrt(6.0 / (9 + 1)));
        ShouldSpread(Tensor(IdentityRnn.Layout, parameters, "head.weight"), Math.Sqrt(6.0 / (9 + 2)));
    }

    private static double[] Tensor<T>(ModelLayout layout, ReadOnlySpan<T> parameters, string name) where T : System.Numerics.INumberBase<T>
    {
        ParameterInfo p = layout.Parameters.Single(p => p.Name == name);
        return Array.ConvertAll(parameters.Slice(p.Offset, p.Length).ToArray(), double.CreateChecked);
    }

    /// <summary>Within ± bound, reaching out to most of it on a side, and not all alike.</summary>
    private static void ShouldSpread(double[] values, double bound)
    {
        values.Max(Math.Abs).ShouldBeInRange(0.5 * bound, bound);
        values.Distinct().Count().ShouldBe(values.Length);
    }

    /// <summary>The rows of each block are orthonormal, or its columns where it has more rows.</summary>
    private static void ShouldBeOrthogonal(double[] values, int blocks, int rows, int columns, double tolerance)
    {
        values.Length.ShouldBe(blocks * rows * columns);
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int block = 0; block < blocks; block++)
        {
            double At(int vector, int k) => values[(block * rows * columns) + (rows <= columns ? (vector * columns) + k : (k * columns) + vector)];
            for (int i = 0; i < count; i++)
                for (int j = 0; j < count; j++)
                    Enumerable.Range(0, length).Sum(k => At(i, k) * At(j, k)).ShouldBe(i == j ? 1 : 0, tolerance, $"block {block}, vectors {i} and {j}");
        }
    }
}
