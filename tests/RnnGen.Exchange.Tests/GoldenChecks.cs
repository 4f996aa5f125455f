using RnnGen.Tool.Checking;
using RnnGen.Tool.Commands;

namespace RnnGen.Exchange.Tests;

/// <summary>What holds for the files of every format: the slow equations compute what the other framework computed, and the declared model computes what the equations do.</summary>
internal static class GoldenChecks
{
    /// <summary>Reads a file as the command does.</summary>
    public static ForeignModel Read(ForeignCase golden) => KerasFile.TryRead(golden.Path, golden.Options) ?? ForeignFile.Read(golden.Path, golden.Options);

    /// <summary>The largest difference of the equations from the other framework's numbers.</summary>
    public static double Equations(ForeignCase golden)
    {
        double[] found = Read(golden).Run(golden.Inputs, golden.Steps);
        found.Length.ShouldBe(golden.Outputs.Length);
        return found.Zip(golden.Outputs, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>The largest difference of the declared model from the equations, in its own number type.</summary>
    public static double Declared(ForeignCase golden)
    {
        ForeignModel model = Read(golden);
        DeclarationOptions options = new() { Name = DeclaredName.Of(golden.Path), Namespace = "Tests.Imported", Steps = golden.Steps, FileName = golden.File };
        string[] layers = [.. model.ToDeclaration(options).Split('\n').Where(line => line.StartsWith('[') && !line.StartsWith("[RnnModel", StringComparison.Ordinal)).Select(line => line[1..^1])];
        layers.ShouldBe(golden.Declared);
        return DeclarationCheck.Run(model, options, model.ToWeights(options.Name)).Difference;
    }
}
