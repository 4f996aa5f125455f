using System.Text.Json;
using RnnGen.Tool.Commands;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>rnngen export, new and inspect of RnnGen's own files: what is written, what is said, and the code that they end with.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ExportWritesAFileOfTheModelsFile()
    {
        string file = Saved(new TwoLstms(seed: 1).Save), target = In("stack.onnx");
        (int code, string output, string error) = Run("export", file, "--to", "onnx", "-o", target);
        (code, error).ShouldBe((Root.Done, ""));
        output.ShouldStartWith($"Wrote {target}: TwoLstms with 5 layers and {TwoLstms.ParameterCount} parameters");
        ForeignFile.Read(target).ParameterCount.ShouldBe(TwoLstms.ParameterCount);

        // Not over a file that is there.
        Run("export", file, "--to", "onnx", "-o", target).Error.ShouldContain("--force");
        Run("export", file, "--to", "onnx", "-o", target, "--force", "--states", "--lengths").Code.ShouldBe(Root.Done);
    }

    /// <summary>Keras is a package of its own, which the command hands files to.</summary>
    [Fact]
    public void KerasGoesOutAndInByTheCommand()
    {
        string file = Saved(new TwoLstms(seed: 1).Save), target = In("stack.keras");
        Run("export", file, "--to", "keras", "-o", target).ShouldBe((Root.Done, $"Wrote {target}: TwoLstms with 5 layers and {TwoLstms.ParameterCount} parameters, as a .keras file of Keras 3.\n", ""));

        // Keras knows a file by its name.
        string other = Path.ChangeExtension(target, ".h5");
        (int wrong, _, string said) = Run("export", file, "--to", "keras", "-o", other);
        (wrong, File.Exists(other)).ShouldBe((Root.WrongCommandLine, false));
        said.ShouldContain("Keras reads only names that end with .keras");
        (int code, string output, string error) = Run("inspect", target);
        (code, error).ShouldBe((Root.Done, ""));
        output.ShouldStartWith($"a Keras model, ManyToMany, Single, {TwoLstms.ParameterCount} parameters\n");
        output.ShouldContain("layers/lstm_1/cell/vars/0");
        File.WriteAllBytes(target, File.ReadAllBytes(target)[..1000]);
        Run("inspect", target).Code.ShouldBe(Root.Failed);
    }

    /// <summary>A file without a declaration takes it from the class's source.</summary>
    [Fact]
    public void AnOlderFileTakesItsDeclarationFromItsSource()
    {
        string file = Saved(new PlainLstm(seed: 1).Save), target = In("lstm.onnx"), source = In("Model.cs");
        File.WriteAllText(file, File.ReadAllText(file, System.Text.Encoding.Latin1).Replace("rnngen.specification", "rnngen.specificatio_", StringComparison.Ordinal), System.Text.Encoding.Latin1);
        Run("export", file, "--to", "onnx", "-o", target).Error.ShouldContain("--declaration Model.cs");
        File.WriteAllText(source, """
            using RnnGen;
            namespace Mine;
            [RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 1)]
            [Lstm(6), Lstm(6)]
            public sealed partial class PlainLstm { private static void Other() => new Elsewhere(); }
            """);
        Run("export", file, "--to", "onnx", "-o", target, "--declaration", source).ShouldBe((Root.Done, $"Wrote {target}: PlainLstm with 3 layers and {PlainLstm.ParameterCount} parameters, as an ONNX graph of opset 17, with free batch and steps.\n", ""));
        File.AppendAllText(source, """
            [RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 7, OutputSize = 1)]
            [Gru(6)]
            public sealed partial class Another;
            """);
        Run("export", file, "--to", "onnx", "-o", target, "--force", "--declaration", source).Output.ShouldContain("PlainLstm with 3 layers");
        File.WriteAllText(source, File.ReadAllText(source).Replace("PlainLstm", "Renamed", StringComparison.Ordinal));
        Run("export", file, "--to", "onnx", "-o", target, "--force", "--declaration", source).Error.ShouldContain("declares 2 models (Renamed, Another); give a file with one class that has [RnnModel] of the name 'PlainLstm', which the file was saved with");
        File.WriteAllText(source, "class None;");
        Run("export", file, "--to", "onnx", "-o", target, "--force", "--declaration", source).Error.ShouldContain("declares 0 models");
    }

    /// <summary>A second file that cannot be written, or may not be replaced, leaves the first one as it was.</summary>
    [Fact]
    public void FilesAreWrittenTogetherOrNotAtAll()
    {
        string file = Saved(new PlainLstm(seed: 1).Save), before = string.Join(' ', Directory.EnumerateFileSystemEntries(_folder));
        Run("export", file, "--to", "torch", "-o", In("m.py")).ShouldBe((Root.WrongCommandLine, "", $"rnngen: '{In("m.py")}' is where the Python class goes; give the state dict's file another ending, such as .pt.\n"));
        Should.Throw<ArgumentException>(() => TorchExport.Save(new PlainLstm(seed: 1), In("m.PY")));
        string.Join(' ', Directory.EnumerateFileSystemEntries(_folder)).ShouldBe(before);

        foreach ((string format, string ending, string second) in (ReadOnlySpan<(string, string, string)>)[("torch", ".pt", "m.py"), ("nam", ".nam", "test_outputs.npy")])
        {
            string[] export = ["export", file, "--to", format, "-o", In("m" + ending), .. format == "nam" ? (string[])["--snapshot"] : []];
            File.WriteAllText(In(second), "mine");
            Run(export).Error.ShouldContain("--force");
            (File.ReadAllText(In(second)), File.Exists(In("m" + ending)), File.Exists(In("test_inputs.npy"))).ShouldBe(("mine", false, false));
            File.Delete(In(second));
            Directory.CreateDirectory(In(second));
            Run([.. export, "--force"]).Code.ShouldBe(Root.Failed);
            Directory.EnumerateFiles(_folder).ShouldHaveSingleItem().ShouldBe(file);
            Directory.Delete(In(second));
            Run(export).Code.ShouldBe(Root.Done);
            Directory.EnumerateFiles(_folder).Where(path => path != file).ToList().ForEach(File.Delete);
        }
    }

    /// <summary>Neither by its name nor by a link, even with --force.</summary>
    [Fact]
    public void TheFileThatIsReadIsNeverReplaced()
    {
        string file = Saved(new PlainLstm(seed: 1).Save), foreign = In("Foreign.safetensors");
        byte[] before = File.ReadAllBytes(file);
        Run("export", file, "--to", "onnx", "-o", file, "--force").Error.ShouldContain("is the file that is read");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(In("link.onnx"), file);
            Run("export", file, "--to", "onnx", "-o", In("link.onnx"), "--force").Error.ShouldContain("is the file that is read");
        }

        File.ReadAllBytes(file).ShouldBe(before);
        File.WriteAllBytes(foreign, StateDictFile.Of([.. StateDictFile.Gru("gru", 2, 3), ("fc.weight", [1, 3]), ("fc.bias", [1])]));
        Run("import", foreign, "--name", "Foreign", "-o", _folder, "--no-check", "--force").Error.ShouldContain("is the file that is read");
        File.Exists(In("Foreign.cs")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Root.WrongCommandLine, "use one of onnx", "--to", "tflite")]
    [InlineData(Root.WrongCommandLine, "--to", "--states")]
    [InlineData(Root.Failed, "its decoder reads its own output", "--to", "onnx")]
    public void WhatIsWrongIsSaidAndNothingIsWritten(int expected, string said, params string[] arguments)
    {
        string file = Saved(new Decoding(seed: 1).Save), target = In("model");
        (int code, _, string error) = Run(["export", file, "-o", target, .. arguments]);
        error.ShouldContain(said);
        code.ShouldBe(expected);
        Directory.EnumerateFileSystemEntries(_folder).ShouldHaveSingleItem().ShouldBe(file);
    }

    /// <summary>States of a model that reads steps to come.</summary>
    [Fact]
    public void StatesOfBothDirectionsAreRejectedByTheirLayer() =>
        Run("export", Saved(new BothWays(seed: 1).Save), "--to", "onnx", "--states", "-o", In("model")).Error.ShouldContain("layer 2, Gru(5)");

    [Fact]
    public void InspectShowsAModelsOwnFile()
    {
        CausalConvolutions model = new(seed: 1);
        model.Metadata["note"] = "mine";
        string file = Saved(model.Save);
        (int code, string output, _) = Run("inspect", file);
        code.ShouldBe(Root.Done);
        output.ShouldStartWith($"RnnGen's CausalConvolutions, ManyToMany, Single, {CausalConvolutions.ParameterCount} parameters\n  Conv1D         2 -> 3, Relu  layer 1, Conv1D(3, 3)\n  Gru            3 -> 4  layer 2, Gru(4)\n");
        output.ShouldContain("  rnn.weight_ih_l0 [12, 3]\n");
        output.ShouldContain("  note: mine\n");
        output.ShouldContain("Sequences have up to 9 steps.");
        using JsonDocument json = JsonDocument.Parse(Run("inspect", file, "--json").Output);
        json.RootElement.GetProperty("layers")[1].GetProperty("kind").GetString().ShouldBe("Gru");
        json.RootElement.GetProperty("parameters").GetArrayLength().ShouldBe(10);
    }

    [Theory]
    [InlineData("console", "Program.cs")]
    [InlineData("web", "Program.cs")]
    [InlineData("library", "Forecasts.cs")]
    public void NewWritesTheStarters(string kind, string source)
    {
        string folder = In("made");
        Run("new", kind, "--name", "Tides", "-o", folder).Code.ShouldBe(Root.Done);
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).ShouldBe([source, "Tides.csproj"], ignoreOrder: true);
        string project = File.ReadAllText(Path.Combine(folder, "Tides.csproj"));
        project.ShouldContain("Include=\"RnnGen\" Version=\"");
        project.ShouldNotContain("RNNGEN_VERSION");
        string template = File.ReadAllText(Path.Combine(Repository.Root, "src", "RnnGen.Templates", "templates", kind, source));
        File.ReadAllText(Path.Combine(folder, source)).ShouldBe(template.Replace("Starter", "Tides", StringComparison.Ordinal));
        Run("new", kind, "--name", "Tides", "-o", folder).ShouldBe((Root.Failed, "", $"rnngen: '{Directory.EnumerateFiles(folder).Order().First(f => File.Exists(f))}' is there already; use another --output or --name, or --force to replace it.\n"));
    }

    [Fact]
    public void HelpNamesCommandsFormatsAndExitCodes()
    {
        string help = Run("--help").Output;
        help.ShouldContain("rnngen export Forecaster.safetensors --to onnx");
        help.ShouldContain("Exit codes");
        foreach (ExportFormat format in ExportFormat.All)
        {
            Run("export", "--help").Output.ReplaceLineEndings(" ").ShouldContain(format.Name);
        }
    }

    private string Saved(Action<string> save)
    {
        string path = In("Model.safetensors");
        save(path);
        return path;
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        int code = Root.Run(arguments, output, error);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
