using RnnGen.Generator.Cells;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>What a loss's text may say, and where a mistake in it is.</summary>
public sealed class LossParserTests
{
    /// <summary>A value of the enum without a file would be an exception where a model has it; a file without a value could be had by nobody.</summary>
    [Fact]
    public void EachChoiceHasItsFile()
    {
        string[] files = [.. typeof(LossLibrary).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".loss", StringComparison.Ordinal)).Select(n => n[..^".loss".Length])];
        files.ShouldBe(Enum.GetNames<Loss>(), ignoreOrder: true);
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "losses.md"));
        files.ShouldAllBe(f => page.Contains($"| `{f}`", StringComparison.Ordinal) && page.Contains($"Losses/{f}.loss", StringComparison.Ordinal));
        foreach (string name in files)
        {
            LossDefinition definition = ((LossSource)name).Definition;
            definition.Summary.ShouldEndWith(".");
            _ = definition.Probability;
            (definition.Programme is not null || LossCase.All.Any(c => c.Name == name && c.Text is null)).ShouldBeTrue($"{name} has no formula to be held against");
        }

        Should.Throw<InvalidOperationException>(() => ((LossSource)"Nothing").Definition).Message.ShouldBe("Loss.Nothing is not implemented: there is no file Nothing.loss.");
    }

    [Theory]
    [InlineData("|loss|", "starts neither")]
    [InlineData("d = y - target", "no equation defines the loss", 0, 0)]
    [InlineData("|d| = y; loss = y - target", "nothing reads 'd'")]
    [InlineData("loss = |z| - y", "'z' is neither an output")]
    [InlineData("loss = |d|; d = y", "defined by a later line")]
    [InlineData("loss = |loss| + y", "depends on itself")]
    [InlineData("values |target|; loss = y", "'target' is already in use")]
    [InlineData("values a, |a|; loss = a", "'a' is already in use")]
    [InlineData("values y[|q|]; loss = sum(y)", "'q' is not a list")]
    [InlineData("number |y'| = 1; loss = y", "has no prime")]
    [InlineData("|target| = 1; loss = y", "is already in use")]
    [InlineData("numbers q = 1, 2; values y[q]; loss = y |-| target; prediction = mean(y)", "the loss of a target is one number")]
    [InlineData("numbers q = 1, 2; values y[q]; loss = mean(y) - target", "the prediction is one number", 0, 0)]
    [InlineData("numbers q = 1, 2; numbers r = 1, 2, 3; values y[q]; loss = sum(y |*| r)", "lists of 2 and of 3")]
    [InlineData("loss = |sum|(y)", "takes a list of values")]
    [InlineData("numbers q = 1, 2; values y[q]; loss = pick(y, |2|)", "from 0 to 1")]
    [InlineData("targets |things|; loss = y", "targets are numbers, counts, probabilities or classes")]
    [InlineData("targets classes; loss = y", "need the probabilities", 0, 0)]
    [InlineData("targets classes; link p = softmax(y); loss = sum(y) + |target|", "is the number of a class")]
    [InlineData("targets classes; link p = softmax(y); loss = |y|", "one number")]
    [InlineData("targets classes; link p = softmax(y); loss = sum(|cumsum|(y))", "not the outputs of all classes")]
    [InlineData("targets probabilities; values |a|, b; link p = sigmoid(a); loss = a + b", "there is one output for each")]
    [InlineData("link |p| = target; loss = y", "a link is a function of one output")]
    [InlineData("targets classes; link p = softmax(y); |prediction| = pick(p, target); loss = sum(y)", "is for targets that are numbers")]
    [InlineData("loss = y * |u1|", "'u1' is neither an output")]
    [InlineData("number |u1| = 1; loss = y * u1", "is already in use")]
    [InlineData("loss = |poisson|(y, target)", "there is no function 'poisson'")]
    [InlineData("loss = y + |draw|; draw = y + u1", "a value by chance")]
    [InlineData("draw = |poisson|(y); loss = y - target", "poisson takes 2 values")]
    [InlineData("numbers q = 1, 2; values y[q]; loss = sum(y); draw = |interpolate|(y, q, y); prediction = mean(y)", "interpolate takes a number, and two lists of one length")]
    [InlineData("loss = |middle|(y)", "takes a list of values")]
    [InlineData("loss = |floor|(y)", "has no derivative")]
    [InlineData("loss = |norm|(y)", "there is no function 'norm'")]
    [InlineData("loss = |pick|(y)", "pick takes 2 values")]
    [InlineData("loss = |min|(y)", "min takes 2 values")]
    [InlineData("loss = |max|(y, y, y)", "max takes 1 or 2 values")]
    public void AMistakeIsFoundAtItsPlace(string text, string message, int start = -1, int length = -1)
    {
        int first = text.IndexOf('|'), last = text.LastIndexOf('|');
        if (start < 0)
        {
            (start, length) = (first, last - first - 1);
        }

        CellMistake found = Should.Throw<CellFormatException>(() => LossParser.Parse(text.Replace("|", ""), "L")).First;
        found.Message.ShouldContain(message);
        (found.Start, found.Length).ShouldBe((start, length));
    }

    [Fact]
    public void ANumberThatNoLineHasIsAMistake()
    {
        Should.Throw<CellFormatException>(() => LossParser.Parse("loss = y - target", "L", new([new("q", new([1.0]), false)]))).Message.ShouldContain("no line says");
        Should.Throw<CellFormatException>(() => LossParser.Parse("number q = 1; loss = q * y - target", "L", new([new("q", new([1.0, 2]), true)]))).Message.ShouldContain("is one number");
    }

    /// <summary>What a record says from the start, where the text says nothing of it.</summary>
    [Fact]
    public void DefaultsAreOneValueWithoutALink()
    {
        LossDefinition plain = LossParser.Parse("loss = y - target", "L");
        (plain.ValuesPerTarget, plain.Targets, plain.Prediction, plain.IsWeighted).ShouldBe((1, LossTargets.Numbers, "y", false));
        plain.Values.Single().Link.ShouldBeNull();
        LossDefinition gaussian = LossCase.Of("Gaussian").Definition;
        gaussian.ValuesPerTarget.ShouldBe(2);
        (plain.TargetsAreCounts, gaussian.TargetsAreCounts).ShouldBe((false, false));
        LossDefinition counts = LossParser.Parse("targets counts; link m = exp(y); loss = m - target * y; prediction = m", "L");
        (counts.Targets, counts.TargetsAreCounts, LossCase.Of("Poisson").Definition.TargetsAreCounts).ShouldBe((LossTargets.Numbers, true, true));
        gaussian.Values.Select(v => v.Link?.Text).ShouldBe([null, "scale = 1e-6 + softplus(raw)"]);
        LossCase.Of("Quantile").Definition.Numbers.Single().Values.ShouldBe([0.1, 0.5, 0.9]);
    }
}
