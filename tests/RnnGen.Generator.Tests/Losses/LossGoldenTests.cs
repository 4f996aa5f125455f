using System.Text.Json;
using RnnGen.Generator.Losses;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>Losses that ship against a reference's numbers, ordinary ones and far out, in the form that is compiled.</summary>
public sealed class LossGoldenTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests/golden/losses");

    public static TheoryData<string> Names => [.. Directory.GetFiles(s_folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!)];

    /// <summary>What PyTorch has had numbers for from the start has them in the models' files.</summary>
    [Fact]
    public void EveryLossHasNumbers()
    {
        string[] elsewhere = ["MeanSquaredError", "MeanAbsoluteError", "Huber", "CrossEntropy", "BinaryCrossEntropy", "Ctc"];
        Enum.GetNames<Loss>().Except(elsewhere).ShouldBe(Directory.GetFiles(s_folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Names))]
    public void TheNumbersAreTheReferences(string name)
    {
        LossDefinition definition = ((LossSource)name).Definition;
        foreach ((double[] outputs, double target, double expected, double[] gradient) in Rows(name))
        {
            (double loss, double[] slopes) = LossInterpreter.Compiled(definition, outputs, target, 1);
            string place = $"{name} of {string.Join(", ", outputs)} at {target}";
            loss.ShouldBe(expected, Tolerance(1e-11, expected, outputs, target), place);
            for (int i = 0; i < gradient.Length; i++)
            {
                slopes[i].ShouldBe(gradient[i], Tolerance(1e-11, gradient[i], outputs, target), $"{place}, output {i}");
            }
        }
    }

    /// <summary>The generated code in single precision: within the rounding of the numbers that are put in, and nowhere infinite.</summary>
    [Theory, MemberData(nameof(Names))]
    public void TheCodeInSinglePrecisionStaysClose(string name)
    {
        foreach ((double[] outputs, double target, double expected, double[] gradient) in Rows(name))
        {
            double[] found = LossCodeTests.Single(name, outputs, target);
            found.ShouldAllBe(v => double.IsFinite(v), $"{name} of {string.Join(", ", outputs)} at {target}");
            found[0].ShouldBe(expected, Tolerance(2e-6, expected, outputs, target), $"{name} of {string.Join(", ", outputs)} at {target}");
            for (int i = 0; i < gradient.Length; i++)
            {
                found[i + 1].ShouldBe(gradient[i], Tolerance(2e-6, gradient[i], outputs, target), $"{name} of {string.Join(", ", outputs)} at {target}, output {i}");
            }
        }
    }

    // By the size of what is put in, too: a target of a million is a sum of terms of that size.
    private static double Tolerance(double relative, double expected, double[] outputs, double target) =>
        relative * Math.Max(1, Math.Max(Math.Abs(expected), Math.Max(20 * Math.Abs(target), outputs.Max(Math.Abs))));

    private static IEnumerable<(double[] Outputs, double Target, double Loss, double[] Gradient)> Rows(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, name + ".json")));
        foreach (JsonElement row in document.RootElement.EnumerateArray().ToList())
        {
            yield return (Numbers("outputs"), row.GetProperty("target").GetDouble(), row.GetProperty("loss").GetDouble(), Numbers("gradient"));

            double[] Numbers(string property) => [.. row.GetProperty(property).EnumerateArray().Select(v => v.GetDouble())];
        }
    }
}
