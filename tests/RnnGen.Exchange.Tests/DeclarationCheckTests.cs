using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.StateDicts;
using RnnGen.Tool;
using RnnGen.Tool.Checking;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests;

/// <summary>Large weights carry the rounding of floats further than the bound of the comparison: a right import passes all the same, and a wrong one fails.</summary>
public sealed class DeclarationCheckTests(ITestOutputHelper output)
{
    private const int Inputs = 2, Hidden = 12;

    private static readonly DeclarationOptions s_options = new() { Name = "Sensitive", Steps = 16 };

    [Fact]
    public void ASensitiveModelIsJudgedInDouble()
    {
        ForeignModel model = Gru(isRight: true);
        CheckedModel found = DeclarationCheck.Run(model, s_options, model.ToWeights("Sensitive"));
        output.WriteLine($"{found.Rounding:0.#E+0} in float, {found.Difference:0.#E+0} in double");
        found.Rounding.ShouldNotBeNull().ShouldBeGreaterThan(1e-5);
        found.Difference.ShouldBeLessThanOrEqualTo(found.Bound);
        found.Metadata["rnngen.declaration"].ShouldNotContain("Double");
    }

    /// <summary>The gates of the equations are in another order than those of the weights.</summary>
    [Fact]
    public void AWrongLayerFailsInDoubleToo()
    {
        ForeignModel model = Gru(isRight: false);
        Should.Throw<CheckException>(() => DeclarationCheck.Run(model, s_options, model.ToWeights("Sensitive"))).Message.ShouldContain("other numbers than its file");
    }

    /// <summary>The file that is written is compared, and not what it should have been.</summary>
    [Fact]
    public void AWrongWeightFails()
    {
        ForeignModel model = Gru(isRight: true);
        byte[] weights = model.ToWeights("Sensitive");
        weights[^1] ^= 0x80;
        Should.Throw<CheckException>(() => DeclarationCheck.Run(model, s_options, weights)).Message.ShouldContain("other numbers than its file");
    }

    /// <summary>Numbers that only double holds, and numbers that it does not hold either, are named as what they are.</summary>
    [Theory]
    [InlineData(Precision.Single, 1e37, "An output of the declared model is no finite number, where the file's equations in double give one: its numbers are too large for float")]
    [InlineData(Precision.Double, 1e307, "The file's own equations give")]
    public void NumbersThatAreTooLargeAreNamed(Precision precision, double scale, string message)
    {
        ForeignModel model = Gru(isRight: true, precision, scale);
        Should.Throw<CheckException>(() => DeclarationCheck.Run(model, s_options, model.ToWeights("Sensitive"))).Message.ShouldStartWith(message);
    }

    // A GRU whose weights are up to 7, and the equations of one whose gates r and z may have changed places.
    private static ForeignModel Gru(bool isRight, Precision precision = Precision.Single, double headScale = 1)
    {
        Random random = new(3);
        Tensor Drawn(string name, params int[] shape) => new(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, static (a, b) => a * b)).Select(_ => (double)(float)(14 * (random.NextDouble() - 0.5)))]);
        RecurrentWeights weights = new() { Input = Drawn("w", 3 * Hidden, Inputs), Recurrent = Drawn("r", 3 * Hidden, Hidden), InputBias = Drawn("b", 3 * Hidden), RecurrentBias = Drawn("d", 3 * Hidden) };
        Tensor row = Drawn("v", 1, Hidden);
        LinearModule head = new("head", new(row.Name, [1, Hidden], [.. row.Values.Select(value => value * headScale)]), Drawn("c", 1));
        RecurrentModule Module(int[] order) => new("gru", ForeignLayerKind.Gru, [(weights with { Input = weights.Input.Blocks(order) }, null)]);
        ForeignModelBuilder builder = new("a test");
        Module([0, 1, 2]).AddTo(builder);
        head.AddTo(builder);
        return builder.Build(Architecture.ManyToMany, precision, sequenceLength: null, new ModuleChain([Module(isRight ? [0, 1, 2] : [1, 0, 2]), head], Architecture.ManyToMany, isSkipping: false));
    }
}
