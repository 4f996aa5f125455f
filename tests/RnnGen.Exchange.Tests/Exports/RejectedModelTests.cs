namespace RnnGen.Exchange.Tests.Exports;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1)]
[Feature("a"), Feature("day", Categories = 7, EmbeddingSize = 1)]
[Lstm(4)]
public sealed partial class WithCategory;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1)]
[Feature("a"), Static("s")]
[Lstm(4)]
public sealed partial class WithStatic;

[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1)]
[Feature("a"), Feature("b")]
[Lstm(4)]
public sealed partial class WithNumbers;

/// <summary>Models that no format can hold as they are: an error says where, and a file of other numbers is never written.</summary>
public sealed class RejectedModelTests
{
    private static readonly Func<DeclaredModel, byte[]>[] s_exports =
        [static model => OnnxExport.ToBytes(model), TorchExport.ToBytes, TorchSharpExport.ToBytes, KerasExport.ToBytes, RTNeuralExport.ToBytes, GuitarMLExport.ToBytes, NamExport.ToBytes];

    /// <summary>A category's index is no number, and a static is not read at each step.</summary>
    [Fact]
    public void ColumnsThatAreNotNumbersAtEachStepAreRejectedByName()
    {
        foreach (Func<DeclaredModel, byte[]> export in s_exports)
        {
            Should.Throw<ExportException>(() => export(DeclaredModel.Of(new WithCategory(seed: 1)))).Message.ShouldContain("the column 'day': it is a category of 7");
            Should.Throw<ExportException>(() => export(DeclaredModel.Of(new WithStatic(seed: 1)))).Message.ShouldContain("the column 's': its kind is Static");
        }
    }

    [Fact]
    public void ColumnsOfNumbersAreInputsInTheirOrder()
    {
        WithNumbers model = Drawn.Model<WithNumbers, float, float, float>();
        DeclaredModel declared = DeclaredModel.Of(model);
        float[] inputs = Drawn.Inputs<float>(declared, 4), found = new float[4];
        model.PredictBatch(inputs, found, 1);
        double[] expected = ForeignFile.Read(OnnxExport.ToBytes(declared)).Run([.. inputs.Select(static x => (double)x)], 4);
        found.Zip(expected, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6);
    }

    /// <summary>A mean or maximum is over all steps, and a graph with states reads a part of them.</summary>
    [Fact]
    public void PoolingOverStepsIsRejectedWithStates()
    {
        OnnxExportOptions states = new() { States = true };
        Should.Throw<ExportException>(() => OnnxExport.ToBytes(DeclaredModel.Of(new MaxPooled(seed: 1)), states)).Message.ShouldContain("Pooling.Max: it is over all steps");
        OnnxExport.ToBytes(DeclaredModel.Of(new MaxPooled(seed: 1))).Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void ParametersThatAreNotFiniteAreRejectedByName()
    {
        PlainLstm model = new(seed: 1);
        float[] parameters = model.Parameters.ToArray();
        parameters[3] = float.NaN;
        model.SetParameters(parameters);
        Should.Throw<ExportException>(() => DeclaredModel.Of(model)).Message.ShouldContain("rnn.weight_ih_l0 of PlainLstm is NaN at index 3");
    }

    [Fact]
    public void BiasesWhoseSumIsTooLargeAreRejectedByName()
    {
        PlainLstm model = new(seed: 1);
        float[] parameters = model.Parameters.ToArray();
        foreach (string name in (string[])["rnn.bias_ih_l0", "rnn.bias_hh_l0"])
        {
            parameters[PlainLstm.Layout.Parameters.Single(parameter => parameter.Name == name).Offset] = float.MaxValue;
        }

        model.SetParameters(parameters);
        foreach (Func<DeclaredModel, byte[]> export in (Func<DeclaredModel, byte[]>[])[RTNeuralExport.ToBytes, NamExport.ToBytes])
        {
            Should.Throw<ExportException>(() => export(DeclaredModel.Of(model))).Message.ShouldContain("rnn.bias_ih_l0 and rnn.bias_hh_l0 are one bias");
        }
    }

    /// <summary>The declaration of another class, and one that is damaged, are what the message blames.</summary>
    [Fact]
    public void AnotherDeclarationIsNotTheFilesFault()
    {
        using MemoryStream stream = new();
        new PlainLstm(seed: 1).Save(stream);
        Should.Throw<ForeignFileException>(() => OnnxExport.ToBytes(DeclaredModel.Read(stream.ToArray(), TwoLstms.Layout.Specification))).Message.ShouldContain("give the declaration of the class that saved this file");
        Should.Throw<ForeignFileException>(() => DeclaredModel.Read(stream.ToArray(), "{\"version\":1,")).Message.ShouldContain("The declaration is damaged");
    }

    /// <summary>A file's name for its model is written into Python's code.</summary>
    [Fact]
    public void AModelsNameIsAName()
    {
        using MemoryStream stream = new();
        new PlainLstm(seed: 1).Save(stream);
        string file = System.Text.Encoding.Latin1.GetString(stream.ToArray());
        Should.Throw<ForeignFileException>(() => Read("A\\n#rnLs")).Message.ShouldContain("not the name of a class");
        TorchExport.ToPython(Read("NoneLst")).ShouldContain("class NoneLst(nn.Module)");

        DeclaredModel Read(string name) => DeclaredModel.Read(System.Text.Encoding.Latin1.GetBytes(file.Replace("\"PlainLstm\"", $"\"{name}\"".PadRight("\"PlainLstm\"".Length), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("nn")]
    public void AWordOfPythonIsNoClass(string name)
    {
        using MemoryStream stream = new();
        new PlainLstm(seed: 1).Save(stream);
        string file = System.Text.Encoding.Latin1.GetString(stream.ToArray());
        string python = TorchExport.ToPython(DeclaredModel.Read(System.Text.Encoding.Latin1.GetBytes(file.Replace("\"PlainLstm\"", $"\"{name}\"".PadRight("\"PlainLstm\"".Length), StringComparison.Ordinal))));
        python.ShouldContain($"class {name}_(nn.Module):");
    }
}
