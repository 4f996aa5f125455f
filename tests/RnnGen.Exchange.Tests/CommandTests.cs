using System.Text.Json;
using RnnGen.Tool.Commands;

namespace RnnGen.Exchange.Tests;

/// <summary>The command line: what is written, what is said, and the code that it ends with.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ImportWritesADeclarationAndItsWeights()
    {
        (int code, string output, string error) = Run("import", Golden("lstm.pt"), "--name", "Forecaster", "--namespace", "My.Models", "-o", _folder);
        (code, error).ShouldBe((Root.Done, ""));
        output.ShouldContain("Checked: 3 sequences of up to 64 steps");
        output.ShouldContain("rnn.weight_hh_l1 [20, 5] from lstm.weight_hh_l1");
        File.ReadAllText(Path.Combine(_folder, "Forecaster.cs")).ShouldBe("""
            using RnnGen;

            namespace My.Models;

            /// <summary>Imported from lstm.pt, a PyTorch state dict.</summary>
            // The file does not say how long a sequence is: 64 steps are the default. Any SequenceLength computes the same, and CreateState streams sequences of any length.
            [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 64, OutputSize = 2)]
            [Lstm(5)]
            [Lstm(5)]
            public sealed partial class Forecaster;

            """.ReplaceLineEndings("\n"));
        string header = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(_folder, "Forecaster.safetensors")));
        header.ShouldContain("\"rnngen.specification\":");
        header.ShouldContain("\"rnngen.model\":\"Forecaster\"");

        // The file is RnnGen's own now.
        Run("import", Path.Combine(_folder, "Forecaster.safetensors"), "-o", _folder, "--force").Error.ShouldContain("RnnGen's own");
    }

    /// <summary>A model that reads steps to come has no State.</summary>
    [Fact]
    public void ADeclarationPromisesNoStreamsThatAModelDoesNotHave()
    {
        ForeignFile.Read(Golden("gru-both-ways.pt")).ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("Any SequenceLength computes the same.\n");
        ForeignFile.Read(Golden("torch-batch-norm-convolution.onnx")).ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldNotContain("CreateState");
    }

    /// <summary>The help names the command, not the file that it is in.</summary>
    [Theory]
    [InlineData("--help")]
    [InlineData("import", "--help")]
    [InlineData("-h")]
    public void TheHelpNamesTheCommand(params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        (code, error).ShouldBe((Root.Done, ""));
        output.ShouldContain(arguments.Length == 1 ? "  rnngen [command] [options]" : "  rnngen import <FILE> [options]");
    }

    /// <summary>What a capture's trainer computed is beside its file.</summary>
    [Fact]
    public void ACaptureIsComparedWithItsExample()
    {
        string capture = Path.Combine(_folder, "amp.nam"), outputs = Path.Combine(_folder, "test_outputs.npy"), target = Path.Combine(_folder, "imported");
        DeclaredModel model = DeclaredModel.Of(Exports.Drawn.Model<Exports.NamCapture, float, float, float>());
        NamExport.Save(model, capture);
        NamExport.SaveSnapshot(model, _folder);
        Run("import", capture, "-o", target).Output.ShouldContain("samples of its trainer beside the file");
        byte[] file = File.ReadAllBytes(outputs);
        file[^2] ^= 0x40;
        File.WriteAllBytes(outputs, file);
        (int code, _, string error) = Run("import", capture, "-o", target, "--name", "Other");
        (code, error.Contains("differs from what the file computes", StringComparison.Ordinal)).ShouldBe((Root.Failed, true));
        File.WriteAllBytes(outputs, file[..4]);
        Run("import", capture, "-o", target, "--name", "Other").Error.ShouldContain("no NumPy array of floats");
        File.Exists(Path.Combine(target, "Other.cs")).ShouldBeFalse();
        Run("import", capture, "-o", target, "--name", "Other", "--no-check").Code.ShouldBe(Root.Done);
    }

    [Fact]
    public void NothingIsReplacedUnasked()
    {
        Run("import", Golden("no-head.pt"), "-o", _folder, "--no-check", "--steps", "8").Code.ShouldBe(Root.Done);
        File.WriteAllText(Path.Combine(_folder, "NoHead.cs"), "mine");
        (int code, _, string error) = Run("import", Golden("no-head.pt"), "-o", _folder, "--no-check");
        code.ShouldBe(Root.Failed);
        error.ShouldContain("--force");
        File.ReadAllText(Path.Combine(_folder, "NoHead.cs")).ShouldBe("mine");
        Run("import", Golden("no-head.pt"), "-o", _folder, "--no-check", "--force").Code.ShouldBe(Root.Done);
        File.ReadAllText(Path.Combine(_folder, "NoHead.cs")).ShouldContain("SequenceLength = 64");
    }

    [Theory]
    [InlineData(Root.Failed, "which function stands between", "import", "rejected-function.pt")]
    [InlineData(Root.Failed, "torch.nn.modules.rnn.LSTM", "import", "rejected-module.pt")]
    [InlineData(Root.WrongCommandLine, "is not a name of a class", "import", "lstm.pt", "--name", "a;b")]
    [InlineData(Root.WrongCommandLine, "--name is 'Architecture'", "import", "lstm.pt", "--name", "Architecture")]
    [InlineData(Root.WrongCommandLine, "--name is 'LstmAttribute'", "import", "lstm.pt", "--name", "LstmAttribute")]
    [InlineData(Root.WrongCommandLine, "--name is 'System'", "import", "lstm.pt", "--name", "System")]
    [InlineData(Root.WrongCommandLine, "--name is 'Predict'", "import", "lstm.pt", "--name", "Predict")]
    [InlineData(Root.WrongCommandLine, "--activation names 'head' twice", "import", "lstm.pt", "--activation", "head=relu", "--activation", "head=tanh")]
    [InlineData(Root.WrongCommandLine, "--convolution names 'a' twice; give each layer one convolution", "import", "convolutions.pt", "--convolution", "a=same", "--convolution", "a=causal")]
    [InlineData(Root.WrongCommandLine, "--convolution is 'a=valid'", "import", "convolutions.pt", "--convolution", "a=valid")]
    [InlineData(Root.WrongCommandLine, "--convolution is 'a=same:0'", "import", "convolutions.pt", "--convolution", "a=same:0")]
    [InlineData(Root.WrongCommandLine, "use last, mean or max", "import", "lstm.pt", "--pooling", "sum")]
    [InlineData(Root.WrongCommandLine, "Steps must be from 1", "import", "lstm.pt", "--steps", "0")]
    [InlineData(Root.Failed, "The declaration does not compile: RNN", "import", "lstm.pt", "--steps", "65536")]
    [InlineData(Root.WrongCommandLine, "use many-to-one or many-to-many", "import", "lstm.pt", "--architecture", "both")]
    [InlineData(Root.WrongCommandLine, "fc1=relu", "import", "unequal.pt", "--activation", "fc1")]
    [InlineData(Root.WrongCommandLine, "--what", "import", "lstm.pt", "--what")]
    public void WhatIsWrongIsSaidAndNothingIsWritten(int expected, string said, params string[] arguments)
    {
        arguments[1] = Golden(arguments[1]);
        (int code, string output, string error) = Run([.. arguments, "-o", _folder]);
        error.ShouldContain(said);
        output.ShouldNotContain("Usage:");
        code.ShouldBe(expected);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("folder/sun-spots_2.pt", "SunSpots2")]
    [InlineData("parameters.pt", "ParametersModel")]
    [InlineData("state.pt", "StateModel")]
    [InlineData("2layers.pt", "Model2layers")]
    [InlineData("…", "Imported")]
    [InlineData("модель.pt", "Модель")]
    [InlineData("system.pt", "SystemModel")]
    [InlineData("lstm.pt", "Lstm")]
    [InlineData("architecture.pt", "ArchitectureModel")]
    public void AClassIsNamedAfterItsFile(string path, string name) => DeclaredName.Of(path).ShouldBe(name);

    [Fact]
    public void AKeywordIsEscapedInWhatIsPrinted() => Run("import", Golden("no-head.pt"), "--name", "class", "-o", _folder, "--no-check").Output.ShouldContain("@class.Load(\"class.safetensors\")");

    [Fact]
    public void EachHelpNamesTheCommand() => Run("import", "--help").Output.ShouldContain("rnngen import <FILE>");

    [Fact]
    public void AMissingFileIsSaid()
    {
        (int code, _, string error) = Run("inspect", Path.Combine(_folder, "none.pt"));
        (code, error.Contains("none.pt", StringComparison.Ordinal)).ShouldBe((Root.Failed, true));
    }

    [Fact]
    public void ActivationsAndOrderAreTaken() =>
        Run("import", Golden("unequal.pt"), "--activation", "fc1=relu", "--order", "a,b,fc1,fc2", "-o", _folder).Code.ShouldBe(Root.Done);

    [Fact]
    public void ConvolutionsAreTaken() => Run("inspect", Golden("convolutions.pt"), "--convolution", "a=same", "--convolution", "b=causal:2", "--convolution", "c=same", "--activation", "a=relu", "--activation", "b=identity", "--activation", "c=identity", "--activation", "d=identity")
        .Output.ShouldContain("Conv1D         4 -> 5  b");

    [Fact]
    public void InspectShowsWhatIsThere()
    {
        (int code, string output, _) = Run("inspect", Golden("projected.pt"));
        code.ShouldBe(Root.Done);
        output.ShouldContain("ProjectedLstm");
        output.ShouldContain("lstm.weight_hr_l0_reverse [3, 6]");
        using JsonDocument json = JsonDocument.Parse(Run("inspect", Golden("projected.pt"), "--json").Output);
        json.RootElement.GetProperty("layers")[0].GetProperty("outputSize").GetInt32().ShouldBe(6);
        json.RootElement.GetProperty("parameterCount").GetInt32().ShouldBe(2 * ((24 * (2 + 3)) + 48 + 18) + 14);
    }

    /// <summary>A cell of its own is named, with its functions.</summary>
    [Fact]
    public void InspectNamesTheFunctionsOfACell()
    {
        Run("inspect", Golden("keras-hard-sigmoid-2.h5")).Output.ShouldContain("HardSigmoidLstm 3 -> 5, gates min(max(0.2 * x + 0.5, 0), 1), candidate tanh(x), output tanh(x)  layer 1 (lstm_3)");
        using JsonDocument json = JsonDocument.Parse(Run("inspect", Golden("case-rnn-clipped.onnx"), "--json").Output);
        JsonElement layer = json.RootElement.GetProperty("layers")[0];
        layer.GetProperty("kind").GetString().ShouldBe("ClippedRnn");
        layer.GetProperty("functions").GetProperty("clip").GetString().ShouldBe("0.5");
        json.RootElement.GetProperty("maskedValue").ValueKind.ShouldBe(JsonValueKind.Null);
        using JsonDocument masked = JsonDocument.Parse(Run("inspect", Golden("keras-masked-steps.keras"), "--json").Output);
        masked.RootElement.GetProperty("maskedValue").GetDouble().ShouldBe(-1);
        masked.RootElement.GetProperty("pooling").GetString().ShouldBe("Mean");
    }

    private static string Golden(string file) => Path.Combine(ForeignCase.Folder, file);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = Root.Run(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
