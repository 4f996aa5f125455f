using System.CommandLine;
using System.CommandLine.Parsing;
using RnnGen.Exchange;
using RnnGen.Runtime;
using RnnGen.Tool.Checking;

namespace RnnGen.Tool.Commands;

/// <summary><c>rnngen import</c>: a file becomes a declaration and its weights. Nothing is written before all of it is known to be right.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        SourceOptions source = new();
        Option<string?> name = new("--name") { Description = "The class's name. Default: the file's name." };
        Option<string?> space = new("--namespace") { Description = "Its namespace. Default: none." };
        Option<int?> steps = new("--steps") { Description = Invariant($"Steps of a sequence, where the file does not say them. Default: {DeclarationOptions.DefaultSteps}. Longer input is streamed.") };
        Option<string> folder = new("--output", "-o") { Description = "The folder to write to. Default: this one.", DefaultValueFactory = static _ => "." };
        Option<bool> unchecked_ = new("--no-check") { Description = "Do not compile the declaration and compare its outputs with the format's own equations." };
        Option<bool> force = new("--force") { Description = "Replace files that are there." };
        Command command = new("import", "Writes NAME.cs, a class that declares the model of a file, and NAME.safetensors, its weights; then compiles the class in memory and compares its outputs with the format's own equations.");
        source.AddTo(command);
        foreach (Option option in (Option[])[name, space, steps, folder, unchecked_, force])
        {
            command.Add(option);
        }

        command.SetAction(parsed => Root.Guarded(parsed, () => Run(source.Read(parsed), new Target
        {
            Options = new DeclarationOptions
            {
                Name = parsed.GetValue(name) is { } given ? DeclaredName.Require(given) : DeclaredName.Of(parsed.GetValue(source.File)!),
                Namespace = parsed.GetValue(space),
                Steps = parsed.GetValue(steps),
                FileName = Path.GetFileName(parsed.GetValue(source.File)!),
            },
            Source = parsed.GetValue(source.File)!,
            Folder = parsed.GetValue(folder)!,
            IsChecked = !parsed.GetValue(unchecked_),
            MayReplace = parsed.GetValue(force),
        }, parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static int Run(ForeignModel model, Target target, TextWriter output)
    {
        string declaration = model.ToDeclaration(target.Options), name = target.Options.Name;
        string code = Path.Combine(target.Folder, name + ".cs"), weights = Path.Combine(target.Folder, name + ".safetensors");
        Root.RequireFree([code, weights], [target.Source], target.MayReplace);
        Report(model, output);
        byte[] file = model.ToWeights(name);
        if (target.IsChecked)
        {
            CheckedModel result = DeclarationCheck.Run(model, target.Options, file);
            output.WriteLine(Invariant($"Checked: {result.Sequences} sequences of up to {result.Steps} steps; the largest difference from {model.Basis} is {result.Difference:0.#E+0} (at most {result.Bound:0.#E+0} is allowed){(result.Rounding is null ? "" : " in double")}."));
            if (result.Rounding is { } rounding)
            {
                output.WriteLine(Invariant($"In float, rounding alone moves an output by {rounding:0.#E+0}: the model is sensitive to the last digits of its weights and inputs."));
            }

            if (CaptureExample.Compare(model, target.Source) is var (samples, difference))
            {
                output.WriteLine(Invariant($"Checked: {samples} samples of its trainer beside the file, test_outputs.npy; the largest difference is {difference:0.#E+0}."));
            }

            file = model.ToWeights(name, result.Metadata);
        }
        else
        {
            output.WriteLine(Invariant($"Not checked, so the weights do not carry the compiled declaration: rnngen export needs --declaration {name}.cs."));
        }

        Root.Write([(weights, file), (code, System.Text.Encoding.UTF8.GetBytes(declaration))], [target.Source], target.MayReplace);
        output.WriteLine(Invariant($"Wrote {code} and {weights}: {DeclaredName.InCode(name)}.Load(\"{name}.safetensors\"), or add Weights = \"{name}.safetensors\" to [RnnModel] to make it part of the assembly."));
        return Root.Done;
    }

    private static void Report(ForeignModel model, TextWriter output)
    {
        output.WriteLine(Invariant($"Read {model.Format}: {model.Layers.Count} layers, {model.ParameterCount} parameters."));
        foreach (ForeignLayer layer in model.Layers)
        {
            output.WriteLine(Invariant($"  {InspectedLayer.Of(layer).Line()}"));
        }

        output.WriteLine("Parameters:");
        foreach (ForeignTensor tensor in model.Tensors)
        {
            output.WriteLine(Invariant($"  {tensor.Name} [{string.Join(", ", tensor.Shape)}] {(tensor.Source.Length == 0 ? "is not in the file" : "from " + Root.Line(tensor.Source))}"));
        }

        if (model.Notes.Count > 0)
        {
            output.WriteLine("Notes:");
        }

        foreach (string note in model.Notes)
        {
            output.WriteLine(Invariant($"  {note}"));
        }
    }

    /// <summary>What is written.</summary>
    private sealed record Target
    {
        public required DeclarationOptions Options { get; init; }

        /// <summary>The file that was read.</summary>
        public required string Source { get; init; }

        public required string Folder { get; init; }

        public required bool IsChecked { get; init; }

        public required bool MayReplace { get; init; }
    }
}
