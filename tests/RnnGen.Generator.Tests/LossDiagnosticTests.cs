using System.Globalization;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>A mistake in a loss's equations is reported at its characters in the text, marked <c>⟦so⟧</c>; one in the model at the model.</summary>
public sealed class LossDiagnosticTests
{
    private const string Model = "\n[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 2)]\n[Loss<L>]\n[Gru(8)]\npublic partial class M;";

    /// <summary>Rule, source of the loss with the place marked, and a part of the message.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "RNN050", Raw("loss = (y - target) ⟦y⟧"), "values are multiplied by '*'" },
        { "RNN050", Raw("⟦programme⟧ Ctc\n    loss = y - target"), "starts neither an equation" },
        { "RNN050", Raw("targets ⟦labels⟧\n    link p = softmax(y)\n    loss = y"), "targets are numbers, counts, probabilities or classes" },
        { "RNN050", "[Loss(⟦\"d = y - target\"⟧)]\npublic sealed class L : ILoss;", "no equation defines the loss" },
        { "RNN051", Raw("loss = y - ⟦aim⟧"), "'aim' is neither an output" },
        { "RNN052", Raw("numbers q = 0.1, 0.9\n    values y[q]\n    loss = ⟦max⟧(q * (target - y), (q - 1) * (target - y))\n    prediction = mean(y)"), "one number" },
        { "RNN051", Raw("loss = abs(y - target)\n    prediction = y + ⟦target⟧"), "a prediction does not know the target" },
        { "RNN051", Raw("e = y - target\n    loss = e * e\n    prediction = y + ⟦e⟧"), "'e' follows from the target" },
        { "RNN051", Raw("loss = abs(y - target)\n    prediction = ⟦loss⟧"), "'loss' follows from the target" },
        { "RNN051", Raw("loss = abs(y - target)\n    draw = ⟦target⟧ + u1"), "a draw does not know the target" },
        { "RNN055", Raw("loss = abs(y - target)\n    draw = y + u1\n    prediction = ⟦draw⟧"), "a value by chance" },
        { "RNN050", Raw("number k = ⟦2⟧ from 0 to 1\n    loss = k * abs(y - target)"), "'k' is from 0 to 1" },
        { "RNN053", Raw("⟦d⟧ = y - target\n    loss = y * y"), "nothing reads 'd'" },
        { "RNN055", Raw("loss = abs(⟦d⟧)\n    d = y - target"), "a later line" },
        { "RNN056", Raw("loss = (y ⟦>⟧ target) * y"), "select" },
        { "RNN056", Raw("loss = ⟦floor⟧(y)"), "0 almost everywhere" },
        { "RNN057", Raw("d = y - target\n    ⟦d⟧ = y\n    loss = d"), "is already in use" },
        { "RNN058", Raw("loss = y * ⟦log⟧(0)"), "this is always -Infinity" },
        { "RNN058", Raw("loss = (y - target) * ⟦exp⟧(1000)"), "this is always Infinity" },
        { "RNN058", Raw("loss = y * (1e30 ⟦*⟧ 1e30)"), "no finite number of type float" },
        { "RNN058", Raw("loss = target + y ⟦-⟧ y"), "the output 'y' has no gradient" },
        { "RNN058", Raw("loss = (y / 1e-30) ⟦/⟧ 1e-30"), "of its gradient is always" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData("RNN051", "[Loss(@\"# a \"\"loss\"\"\n loss = y - ⟦e⟧\")] public sealed class L : ILoss;", "'e'")]
    [InlineData("RNN051", "[Loss(\"\"\"\"\r\n\t  loss = (y\r\n\r\n\t    - ⟦e⟧)\r\n\t  \"\"\"\")] public sealed class L : ILoss;", "'e'")]
    [InlineData("RNN051", "[Loss(⟦T.Text⟧)] public sealed class L : ILoss; public static class T { public const string Text = \"loss = y - e\"; }", "'e'")]
    public void IsReportedAtItsCharacters(string rule, string marked, string message)
    {
        int start = marked.IndexOf('⟦', StringComparison.Ordinal);
        string expected = marked[(start + 1)..marked.IndexOf('⟧', StringComparison.Ordinal)];
        string source = marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);
        Diagnostic found = Found(source + Model);
        found.Id.ShouldBe(rule, found.ToString());
        found.Severity.ShouldBe(DiagnosticSeverity.Error);
        found.GetMessage(CultureInfo.InvariantCulture).ShouldStartWith("The loss 'L': ");
        found.GetMessage(CultureInfo.InvariantCulture).ShouldContain(message);
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(expected);
        found.Location.SourceSpan.Start.ShouldBe("using RnnGen;\n".Length + start);
    }

    /// <summary>What does not fit between a loss and a model is reported at the model's attributes.</summary>
    [Theory]
    [InlineData("public sealed class L : ILoss;", "", "RNN070", "Loss<L>", "'L' has no equations")]
    [InlineData("[Loss(null!)] public sealed class L : ILoss;", "", "RNN070", "Loss<L>", "'L' has null for equations")]
    [InlineData(Pinball, "Loss = Loss.Huber", "RNN071", "Loss = Loss.Huber", "'Loss' and an attribute [Loss<…>]")]
    [InlineData(Pinball, "Numbers = \"q = x\"", "RNN050", "Numbers = \"q = x\"", "'q = x' in Numbers is not of the form name = number")]
    [InlineData(Pinball, "Numbers = \"q = 1, q = 2\"", "RNN050", "Numbers = \"q = 1, q = 2\"", "'q' is given twice")]
    [InlineData(Pinball, "Numbers = \"q = 0.1, 0.9\"", "RNN051", "Numbers = \"q = 0.1, 0.9\"", "'q' is one number")]
    [InlineData(Pinball, "Numbers = \"p = 0.1\"", "RNN051", "Numbers = \"p = 0.1\"", "no line says")]
    [InlineData("[Loss(\"number k = 1; loss = (y - target) / k\")] public sealed class L : ILoss;", "Numbers = \"k = 0\"", "RNN058", "Numbers = \"k = 0\"", "always")]
    [InlineData("[Loss(\"targets classes; link p = softmax(y); loss = -pick(logsoftmax(y), target)\")] public sealed class L : ILoss;", "OutputActivation = Activation.Tanh", "RNN016", "OutputActivation = Activation.Tanh", "[Loss<L>] applies its own softmax, so the output layer must output logits")]
    [InlineData("[Loss(\"link p = exp(y); loss = p - target * y\")] public sealed class L : ILoss;", "OutputActivation = Activation.Relu", "RNN016", "OutputActivation = Activation.Relu", "[Loss<L>] applies its own exp, so the output layer must output plain values")]
    public void IsReportedAtTheModel(string loss, string set, string rule, string place, string message)
    {
        string model = set.StartsWith("Numbers", StringComparison.Ordinal) ? Model.Replace("Loss<L>", $"Loss<L>({set})", StringComparison.Ordinal)
            : set.Length > 0 ? Model.Replace("OutputSize = 2", "OutputSize = 2, " + set, StringComparison.Ordinal) : Model;
        Diagnostic found = Found(loss + model);
        (found.Id, found.GetMessage(CultureInfo.InvariantCulture).Contains(message, StringComparison.Ordinal)).ShouldBe((rule, true), found.ToString());
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(place);
    }

    /// <summary>The numbers of losses that ship have ranges, and levels of quantiles are levels, however they are set.</summary>
    [Theory]
    [InlineData("SmoothedCrossEntropy", "smoothing = 2", "RNN050", "'smoothing' is from 0 to 1")]
    [InlineData("Focal", "gamma = -1", "RNN050", "'gamma' is at least 0")]
    [InlineData("MeanAbsolutePercentageError", "epsilon = 0", "RNN050", "'epsilon' is at least 1E-30")]
    [InlineData("Quantile", "quantiles = 0.9, 0.1", "RNN042", "LossNumbers is 0.9, 0.1; give 1 to 99 numbers above 0 and below 1, in ascending order")]
    [InlineData("Quantile", "quantiles = 0.5, 1.5", "RNN042", "LossNumbers is 0.5, 1.5")]
    public void NumbersHaveRanges(string loss, string numbers, string rule, string message)
    {
        Diagnostic found = Found(Model.Replace("[Loss<L>]", "", StringComparison.Ordinal).Replace("OutputSize = 2", $"OutputSize = 2, Loss = Loss.{loss}, LossNumbers = \"{numbers}\"", StringComparison.Ordinal));
        (found.Id, found.GetMessage(CultureInfo.InvariantCulture).Contains(message, StringComparison.Ordinal)).ShouldBe((rule, true), found.ToString());
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe($"LossNumbers = \"{numbers}\"");
    }

    /// <summary>A draw of a loss of one plain output is a member of the model, as of other losses.</summary>
    [Fact]
    public void APlainOutputMayBeDrawn() => Compiler.Compile(
        "[Loss(\"d = y - target; loss = d * d; draw = y + 0.1 * u1\")] internal sealed class L : ILoss;" + Model
        + "\ninternal static class Use { internal static void Of(M model) => model.Sample(new float[12], new float[2], seed: 1); }");

    [Fact]
    public void ALossWithoutAModelIsReported() => Found(Pinball + "[Loss<L>] public partial class M;").GetMessage(CultureInfo.InvariantCulture).ShouldContain("declares a loss but no model");

    private const string Pinball = "[Loss(\"number q = 0.9; e = target - y; loss = max(q * e, (q - 1) * e)\")] public sealed class L : ILoss;";

    private static string Raw(string text) => $"[Loss(\"\"\"\n    {text}\n    \"\"\")]\npublic sealed class L : ILoss;";

    private static Diagnostic Found(string source)
    {
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source));
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldBeEmpty();
        return Compiler.Analyze(output).ShouldHaveSingleItem();
    }
}
