using System.Reflection;
using RnnGen.Exchange.Model;
using RnnGen.Generator.Cells;

namespace RnnGen.Exchange.Tests;

/// <summary>What an equation says of a function is what the slow equations compute.</summary>
public sealed class CellFunctionTests
{
    private static readonly CellFunction[] s_all =
    [
        .. typeof(CellFunctions).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(static property => (CellFunction)property.GetValue(null)!),
        CellFunctions.HardSigmoid(0.2, 0.5), CellFunctions.HardSigmoid(1, 0), CellFunctions.Affine(0.5, -0.25), CellFunctions.Affine(1, 2), CellFunctions.ScaledTanh(1.5, 0.5), CellFunctions.LeakyRelu(0.01),
        CellFunctions.LeakyRelu(-2), CellFunctions.ThresholdedRelu(0.5), CellFunctions.Elu(1), CellFunctions.Elu(1.5),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, s_all.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void AnEquationSaysWhatIsComputed(int index)
    {
        CellFunction function = s_all[index];
        CellDefinition cell = CellParser.Parse($"s = W x + b\nh' = {function.Of("s")}");
        CellDefinition nested = CellParser.Parse($"h' = {function.Of("2 * (W x) - b")}");
        for (double x = -8; x <= 8; x += 0.125)
        {
            Value(cell.Equations[^1].Expression, x).ShouldBe(function.Compute(x), 1e-14 * Math.Max(1, Math.Abs(function.Compute(x))), function.Text);
            Value(nested.Equations[^1].Expression, x).ShouldBe(function.Compute(x), 1e-14 * Math.Max(1, Math.Abs(function.Compute(x))), function.Text);
        }
    }

    // s and W x are x, and so is b.
    private static double Value(Expression expression, double x) => expression switch
    {
        Expression.Number number => number.Value,
        Expression.Name or Expression.Product or Expression.Parameter => x,
        Expression.Negation negation => -Value(negation.Operand, x),
        Expression.Binary { Operator: '+' } sum => Value(sum.Left, x) + Value(sum.Right, x),
        Expression.Binary { Operator: '-' } difference => Value(difference.Left, x) - Value(difference.Right, x),
        Expression.Binary { Operator: '*' } product => Value(product.Left, x) * Value(product.Right, x),
        Expression.Binary quotient => Value(quotient.Left, x) / Value(quotient.Right, x),
        Expression.Select select => Value(select.Left, x) > Value(select.Right, x) ? Value(select.Then, x) : Value(select.Otherwise, x),
        Expression.Call call => Called(call.Function, [.. call.Operands.Select(operand => Value(operand, x))]),
        _ => throw new InvalidOperationException($"{expression} is not expected here."),
    };

    private static double Called(string function, double[] values) => function switch
    {
        "tanh" => Math.Tanh(values[0]),
        "sigmoid" => 1 / (1 + Math.Exp(-values[0])),
        "relu" => Math.Max(values[0], 0),
        "softplus" => values[0] > 30 ? values[0] : Math.Log(1 + Math.Exp(values[0])),
        "elu" => values[0] > 0 ? values[0] : Math.Exp(values[0]) - 1,
        "exp" => Math.Exp(values[0]),
        "abs" => Math.Abs(values[0]),
        "sqrt" => Math.Sqrt(values[0]),
        "min" => Math.Min(values[0], values[1]),
        "max" => Math.Max(values[0], values[1]),
        _ => throw new InvalidOperationException($"{function} is not expected here."),
    };
}
