using System.CommandLine;
using System.CommandLine.Parsing;
using RnnGen.Exchange;
using RnnGen.Tool.Checking;

namespace RnnGen.Tool.Commands;

/// <summary><c>rnngen export</c>: a file that a generated class saved becomes one of another framework. Nothing is written unless all of it can be said.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The file that Save wrote: a .safetensors with the declaration in its header." };
        Option<ExportFormat> to = new("--to")
        {
            Description = Invariant($"The format: {string.Join("; ", ExportFormat.All.Select(static f => Invariant($"{f.Name}, {f.Description}")))}."),
            HelpName = string.Join('|', ExportFormat.All.Select(static f => f.Name)),
            Required = true,
            CustomParser = Format,
        };
        Option<string?> output = new("--output", "-o") { Description = "The file to write. Default: the name of FILE with the format's ending, in this folder." };
        Option<string?> declaration = new("--declaration") { Description = "The source file with the class that saved FILE, for files of older versions, which do not carry their declaration.", HelpName = "Model.cs" };
        Option<bool> states = new("--states") { Description = "With --to onnx: states are inputs and outputs of the graph, so that sequences can be fed in parts." };
        Option<bool> lengths = new("--lengths") { Description = "With --to onnx: the steps of each sequence are an input of the graph." };
        Option<bool> snapshot = new("--snapshot") { Description = "With --to nam: also write test_inputs.npy and test_outputs.npy, by which players are tested." };
        Option<bool> force = new("--force") { Description = "Replace a file that is there." };
        Command command = new("export", "Writes a model of RnnGen's in the format of another framework. What the format cannot say is an error that names it, and nothing is written.") { file };
        foreach (Option option in (Option[])[to, output, declaration, states, lengths, snapshot, force])
        {
            command.Add(option);
        }

        command.SetAction(parsed => Root.Guarded(parsed, () =>
        {
            ExportFormat format = parsed.GetValue(to)!;
            string read = parsed.GetValue(file)!, path = parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(read) + format.Ending;
            string? source = parsed.GetValue(declaration);
            ExportRequest request = new() { Path = path, Onnx = new OnnxExportOptions { States = parsed.GetValue(states), Lengths = parsed.GetValue(lengths) }, Snapshot = parsed.GetValue(snapshot) };
            RequireIts(format, ExportFormat.Onnx, request.Onnx.States || request.Onnx.Lengths, "--states and --lengths");
            RequireIts(format, ExportFormat.Nam, request.Snapshot, "--snapshot");
            RequireEnding(format, path);
            DeclaredModel model = DeclaredModel.Read(read, source is null ? null : DeclarationFile.Specification(source, DeclaredModel.NameIn(read)));
            Root.Write(format.Files(model, request), source is null ? [read] : [read, source], parsed.GetValue(force));
            parsed.InvocationConfiguration.Output.WriteLine(Invariant($"Wrote {path}: {model.Name} with {model.Layers.Count} layers and {model.ParameterCount} parameters, as {format.Description}."));
            return Root.Done;
        }));
        return command;
    }

    private static void RequireIts(ExportFormat format, string owner, bool isGiven, string options)
    {
        if (isGiven && format.Name != owner)
        {
            throw new ArgumentException(Invariant($"{options} belong to --to {owner}; leave them out."));
        }
    }

    // Keras reads a file by its name.
    private static void RequireEnding(ExportFormat format, string path)
    {
        if (format.Name == ExportFormat.Keras && !path.EndsWith(format.Ending, StringComparison.Ordinal))
        {
            throw new ArgumentException(Invariant($"--output is '{path}', but Keras reads only names that end with {format.Ending}; use '{Path.ChangeExtension(path, format.Ending)}'."));
        }
    }

    private static ExportFormat? Format(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        if (ExportFormat.All.FirstOrDefault(format => format.Name == name) is { } found)
        {
            return found;
        }

        result.AddError(Invariant($"--to is '{name}'; use one of {string.Join(", ", ExportFormat.All.Select(static f => f.Name))}."));
        return null;
    }
}
