using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests;

/// <summary>
/// Every file of the four lists: of PyTorch and safetensors; of ONNX, with PyTorch's outputs, those of the node tests, and the standard's equations as the script computed them; of Keras, written by h5py, with the outputs
/// of its layers' equations in numpy; and of captures and TorchSharp, which were written from PyTorch's modules.
/// </summary>
public sealed class GoldenFileTests(ITestOutputHelper output)
{
    // A capture has one bias, the sum of PyTorch's two, rounded to float.
    private const double RoundedBound = 1e-6, DeclaredBound = 2e-6;

    public static TheoryData<string, string> Files()
    {
        TheoryData<string, string> files = [];
        foreach (string list in (string[])["pytorch.json", "onnx.json", "keras.json", "captures.json"])
        {
            foreach (string file in ForeignCase.All(list).Select(static c => c.File).Distinct())
            {
                files.Add(list, file);
            }
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TheEquationsAreThoseOfTheOtherFramework(string list, string file)
    {
        foreach (ForeignCase golden in ForeignCase.All(list).Where(c => c.File == file))
        {
            double difference = GoldenChecks.Equations(golden);
            output.WriteLine($"{file}: {difference:0.#E+0}");
            difference.ShouldBeLessThan(list == "captures.json" ? RoundedBound : golden.Bound);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TheDeclaredModelComputesTheSame(string list, string file)
    {
        double difference = GoldenChecks.Declared(ForeignCase.Of(list, file));
        output.WriteLine($"{file}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(DeclaredBound);
    }
}
