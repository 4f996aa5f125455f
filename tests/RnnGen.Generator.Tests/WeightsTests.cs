using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Build;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Generator.Weights;
using RnnGen.Runtime;

namespace RnnGen.Generator.Tests;

/// <summary>Weights in the assembly: a file is judged while building as it would be when loaded, and a model that has one has a constructor that loads it.</summary>
public sealed class WeightsTests
{
    private const string Name = "wave.safetensors";

    private const string Source = """
        /// <summary>With weights.</summary>
        [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, Weights = "wave.safetensors")]
        [Lstm(8)]
        public sealed partial class M
        {
            /// <summary>One of each.</summary>
            public static M[] All() => [new(), new(seed: 1), Load("other.safetensors")];
        }
        """;

    private static readonly (string Name, IReadOnlyList<int> Shape)[] Tensors = [.. WeightsFiles.Tensors(Compiler.Parse(Source).Specification!)];

    private static readonly byte[] Fitting = WeightsFiles.File(Tensors);

    [Fact]
    public void AFittingFileIsLoadedByTheConstructorWithoutParameters()
    {
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(Source), WeightsFiles.Headers((Name, Fitting)));
        string text = result.GeneratedSources.Single(file => file.HintName == "M.g.cs").SourceText.ToString();
        text.ShouldContain("public M() => Rnn::Runtime.ModelFiles.LoadEmbedded(_rnn, typeof(M).Assembly, \"RnnGen.Weights/wave.safetensors\");");
        Compiler.Analyze(output, WeightsFiles.Headers((Name, Fitting))).ShouldBeEmpty();

        // The numbers of the file are those of the model, and one that is not finite is an error that names the file.
        int data = 4 * Tensors.Sum(t => t.Shape.Aggregate(1, (product, length) => product * length));
        byte[] drawn = [.. Fitting];
        new Random(1).NextBytes(drawn.AsSpan(^data..));
        foreach (ref float value in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(drawn.AsSpan(^data..)))
        {
            value = float.IsFinite(value) ? value : 1;
        }

        using var saved = new MemoryStream();
        object model = Made(output, drawn);
        model.GetType().GetMethod("Save", [typeof(Stream)])!.Invoke(model, [saved]);
        saved.ToArray()[^data..].ShouldBe(drawn[^data..]);

        // A file in fewer bits is embedded as any other: the model is what was saved.
        foreach (WeightFormat format in (WeightFormat[])[WeightFormat.BFloat16, WeightFormat.Int8])
        {
            using MemoryStream small = new(), again = new();
            System.Reflection.MethodInfo save = model.GetType().GetMethod("Save", [typeof(Stream), typeof(WeightFormat)])!;
            save.Invoke(model, [small, format]);
            small.Length.ShouldBeLessThan(saved.Length);
            Compiler.Analyze(output, WeightsFiles.Headers((Name, small.ToArray()))).ShouldBeEmpty();
            object loaded = Made(output, small.ToArray());
            loaded.GetType().GetMethod("Save", [typeof(Stream), typeof(WeightFormat)])!.Invoke(loaded, [again, format]);
            again.ToArray().ShouldBe(small.ToArray());
        }

        BitConverter.TryWriteBytes(drawn.AsSpan(^4..), float.NaN).ShouldBeTrue();
        Should.Throw<ModelFileException>(() => Made(output, drawn)).Message.ShouldStartWith("RnnGen.Weights/wave.safetensors in Consumer: Tensor 'head.bias' holds a value at index 0");
    }

    /// <summary>A model from an assembly that holds this file.</summary>
    private static object Made(Compilation compilation, byte[] file)
    {
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = compilation.Emit(stream, manifestResources: [new ResourceDescription("RnnGen.Weights/" + Name, () => new MemoryStream(file), isPublic: true)]);
        string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)).ShouldBe("");
        Type type = System.Reflection.Assembly.Load(stream.ToArray()).GetType("M")!;
        return type.GetConstructor([])!.Invoke(System.Reflection.BindingFlags.DoNotWrapExceptions, null, [], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("models/wave.safetensors")]
    [InlineData("./models/wave.safetensors")]
    [InlineData("models\\\\wave.safetensors")]
    public void NamesAreRelativeToTheProjectWithEitherSlash(string written) =>
        Compiler.Parse(Source.Replace(Name, written, StringComparison.Ordinal)).Specification!.Weights.ShouldBe("models/wave.safetensors");

    /// <summary>What is wrong with a file, the rule, and a part of the message.</summary>
    public static TheoryData<byte[], string, string> Faulty => new()
    {
        { [], "RNN046", "it has 0 bytes" },
        { [0x50, 0x4B, 3, 4, 0, 0, 0, 0, 0, 0], "RNN046", "torch.save" },
        { Fitting[..^1], "RNN046", "truncated" },
        { [.. Fitting, 0], "RNN046", "longer" },
        { Fitting[..40], "RNN046", "follow" },
        { WeightsFiles.WithHeader("[1, 2]", 0), "RNN046", "does not start with '{'" },
        { WeightsFiles.WithHeader("{\"a\":", 0), "RNN046", "not the JSON" },
        { WeightsFiles.WithHeader("{\"a\":" + new string('[', 5000), 0), "RNN046", "its header is deeper than a tensor's shape, at character 8" },
        { WeightsFiles.WithHeader("{\"a\":{\"shape\":[" + string.Join(",", Enumerable.Repeat("1", 65)) + "]}}", 0), "RNN046", "its header has more than 64 values in an array, at character" },
        { WeightsFiles.WithHeader("{" + string.Join(",", Enumerable.Repeat("\"a\":1", 100_001)) + "}", 0), "RNN046", "its header has more than 100000 entries in an object, at character" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8), "RNN047", "missing: rnn.weight_ih_l0 [32, 1]" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,8]}}", 8), "RNN046", "its tensor 'a' has a shape that is too large for any memory: [9223372036854775807, 2]" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8), "RNN046", "its tensor 'a' has a shape that is too large for any memory: [4294967296, 4294967296]" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,8]}}", 8), "RNN046", "in its shape that is not a whole number from 0 to 9223372036854775807" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"" + new string('F', 100_000) + "\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "RNN046", "its tensor 'a' has a dtype of 100000 characters, and at most 1024 bytes are read" },
        { WeightsFiles.WithHeader("{\"a\\u001b[31m\\n\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8), "RNN046", "its tensor 'a\\u001B[31m\\u000A' takes 4 bytes" },
        { WeightsFiles.WithHeader("{\"__metadata__\":{\"a\":1}}", 0), "RNN046", "values that are not strings" },
        { WeightsFiles.WithHeader("{\"__metadata__\":{\"a\":\"\n\"}}", 0), "RNN046", "at character 23" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]}}", 9), "RNN046", "takes 8 bytes" },
        { WeightsFiles.WithHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8), "RNN046", "'a' twice" },
        { WeightsFiles.File(Tensors.Select(t => t.Name == "rnn.weight_hh_l0" ? (t.Name, [64, 16]) : t)), "RNN047", "'rnn.weight_hh_l0' should be [32, 8] but is [64, 16]" },
        { WeightsFiles.File(Tensors.Skip(1)), "RNN047", "missing: rnn.weight_ih_l0 [32, 1]" },
        { WeightsFiles.File([.. Tensors, ("more", [3])]), "RNN047", "not of this model: 'more' [3]" },
        { WeightsFiles.WithHeader("{\"rnn.weight_hh_l0\":{\"dtype\":\"I8\",\"shape\":[32,8],\"data_offsets\":[0,256]}}", 256), "RNN047", "'rnn.weight_hh_l0' has the dtype 'I8' without scales: add 'rnn.weight_hh_l0_scale', F32, a scale for each row, [32, 1]" },
        { WithOthers(1200, "I64", 8), "RNN047", "it has more than 1" },
        { WithOthers(1, "I64", 7), "RNN046", "'other.0' takes 8 bytes" },
        { WithOthers(1, "BOOL", 2), "RNN046", "'other.0' takes 1 bytes" },
        { WithOthers(1, "F4", 1), "RNN046", "'other.0' takes 4 bits" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void AFaultyFileIsReportedAtTheArgument(byte[] file, string rule, string message)
    {
        AdditionalText headers = WeightsFiles.Headers((Name, file));
        CSharpCompilation compilation = Compiler.Create(Source);
        Diagnostic found = Compiler.Analyze(compilation, headers).ShouldHaveSingleItem();
        found.Id.ShouldBe(rule);
        found.GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldContain(message);
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe("Weights = \"wave.safetensors\"");
        GeneratorRunResult result = Compiler.Generate(compilation, headers).Result;
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldBeEmpty();
    }

    /// <summary>The fitting file with scalars that no parameter asks for.</summary>
    private static byte[] WithOthers(int count, string type, int bytes, string name = "other")
    {
        int length = (int)BitConverter.ToInt64(Fitting), data = Fitting.Length - 8 - length;
        IEnumerable<string> others = Enumerable.Range(0, count).Select(i => $",\"{name}.{i}\":{{\"dtype\":\"{type}\",\"shape\":[],\"data_offsets\":[{data + (i * bytes)},{data + ((i + 1) * bytes)}]}}");
        return WeightsFiles.WithHeader(System.Text.Encoding.UTF8.GetString(Fitting, 8, length).TrimEnd()[..^1] + string.Concat(others) + "}", data + (count * bytes));
    }

    /// <summary>Of many damaged files each is accepted by the build where loading accepts it, and nowhere else.</summary>
    [Fact]
    public void BuildingAndLoadingAgree()
    {
        ModelSpecification model = Compiler.Parse(Source).Specification!;
        DataFlow flow = ModelPlanner.LayOut(model).Flow;
        var layout = new ModelLayout
        {
            ModelName = "M", Declaration = "",
            Parameters = [.. Tensors.Select((t, i) => new ParameterInfo(t.Name, [.. t.Shape], Tensors.Take(i).Sum(Length), Length(t), ParameterKind.Bias))],
            ParameterCount = Tensors.Sum(Length), SequenceLength = 4, OutputSteps = 1, InputLength = 4, TargetLength = 1, OutputLength = 1, ClassCount = 0, BatchSize = 1,
            ModelMemory = 0, TrainingMemory = 0, PredictionMemory = 0, ForwardFlops = 0,
        };
        var random = new Random(5);
        int header = (int)BitConverter.ToInt64(Fitting);
        string prefixed = System.Text.Encoding.UTF8.GetString(Fitting, 8, header).Replace("\"rnn.", "\"net.rnn.", StringComparison.Ordinal);
        string noted = "{\"__metadata__\":{\"a\":\"\\u00e9 \\ud83d\\ude00 \u2028 \\\"\"}," + System.Text.Encoding.UTF8.GetString(Fitting, 8, header).Split("},", 2)[1] + " \n";
        byte[] integers = Saved(WeightFormat.Int8);
        byte[][] files = [Fitting, integers, Saved(WeightFormat.BFloat16), Renamed(integers, "_scale", "_other"), Renamed(integers, "[32,1]", "[1,32]"), Renamed(integers, "\"I8\"", "\"U8\""),
            WithOthers(1, "I64", 8), WithOthers(900, "I64", 8), WithOthers(1200, "I64", 8), WithOthers(1, "I64", 4), WithOthers(1, "F4", 1), WithOthers(1, "NEW", 3),
            WithOthers(1, "U8", 1, new string('é', 600)), WithOthers(1, "U8", 1, string.Concat(Enumerable.Repeat("\\u0041", 600))), WeightsFiles.WithHeader(prefixed, Fitting.Length - 8 - header), WeightsFiles.WithHeader(noted, Fitting.Length - 8 - header),
            .. Enumerable.Range(0, 150).Select(_ => Damaged(Fitting)), .. Enumerable.Range(0, 150).Select(_ => Damaged(integers))];
        int accepted = 0;
        foreach (byte[] file in files)
        {
            string said = "";
            try
            {
                ModelFile.Load(layout, new float[layout.ParameterCount], file);
            }
            catch (ModelFileException e)
            {
                said = e.Message;
            }

            Issue? issue = WeightsCheck.Find(model, 0, WeightsFile.Of([WeightsFiles.Headers((Name, file))], default), () => WeightsCheck.TensorsOf(flow));
            (issue is null).ShouldBe(said.Length == 0, $"{said}\n{issue}\n{System.Text.Encoding.Latin1.GetString(file)}");
            accepted += issue is null ? 1 : 0;
        }

        accepted.ShouldBeGreaterThan(5);
        accepted.ShouldBeLessThan(200);

        static int Length((string Name, IReadOnlyList<int> Shape) tensor) => tensor.Shape.Aggregate(1, (product, length) => product * length);

        byte[] Saved(WeightFormat format)
        {
            using var stream = new MemoryStream();
            ModelFile.Save<float>(layout, new float[layout.ParameterCount], stream, format);
            return stream.ToArray();
        }

        static byte[] Renamed(byte[] file, string part, string by) => System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(file).Replace(part, by, StringComparison.Ordinal));

        byte[] Damaged(byte[] whole)
        {
            byte[] file = [.. whole];
            int header = (int)BitConverter.ToInt64(file), at = 8 + random.Next(header);
            file[at] = random.Next(3) switch { 0 => (byte)' ', 1 => file[8 + random.Next(header)], _ => (byte)random.Next(1, 128) };
            return file;
        }
    }

    [Fact]
    public void AnEditChangesNothingAndAnotherFileDoes()
    {
        CSharpCompilation compilation = Compiler.Create(Source, "class Other;");
        AdditionalText headers = WeightsFiles.Headers((Name, Fitting)), others = WeightsFiles.Headers((Name, WeightsFiles.File(Tensors.Skip(1))));
        GeneratorDriver driver = Compiler.Driver().AddAdditionalTexts([headers]).RunGenerators(compilation);
        driver.GetRunResult().Results.Single().GeneratedSources.ShouldNotBeEmpty();
        SyntaxTree tree = compilation.SyntaxTrees[1];
        compilation = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From("class Another;")));
        driver = driver.RunGenerators(compilation);
        driver.GetRunResult().Results.Single().TrackedOutputSteps.Values.SelectMany(steps => steps).SelectMany(step => step.Outputs).ShouldAllBe(output => output.Reason == IncrementalStepRunReason.Cached);
        driver.ReplaceAdditionalText(headers, others).RunGenerators(compilation).GetRunResult().Results.Single().GeneratedSources.ShouldBeEmpty();
    }

    /// <summary>A file of the same size and with any time is another one where its content is; the text says so, which the compiler runs for.</summary>
    [Fact]
    public void TheContentOfAFileDecidesAndNotItsTime()
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-weights-").FullName;
        try
        {
            string path = Path.Combine(folder, "a.safetensors"), output = Path.Combine(folder, "obj", "RnnGen.Weights.txt");
            DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            byte[] other = [.. Fitting];
            other[^1] ^= 1;
            string first = Text(() => File.WriteAllBytes(path, Fitting)), second = Text(() => File.WriteAllBytes(path, other));
            second.ShouldNotBe(first);
            Text(() => File.WriteAllBytes(path, Fitting)).ShouldBe(first);
            Text(() => File.Delete(path), () => File.WriteAllBytes(path + ".kept", other), () => File.CreateSymbolicLink(path, path + ".kept")).ShouldBe(second);

            string Text(params Action[] changes)
            {
                Array.ForEach(changes, change => change());
                File.SetLastWriteTimeUtc(path, old);
                WeightsFiles.Run(folder, output, ["a.safetensors"], [], []);
                return File.ReadAllText(output);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>PyTorch files carry tensors that are not parameters: they are passed over, and named where a parameter is asked for.</summary>
    [Fact]
    public void TensorsOfOtherTypesArePassedOverUnlessTheyAreAskedFor()
    {
        byte[] With(string name)
        {
            int length = (int)BitConverter.ToInt64(Fitting);
            string header = System.Text.Encoding.UTF8.GetString(Fitting, 8, length);
            int data = Fitting.Length - 8 - length;
            return WeightsFiles.WithHeader(header.TrimEnd()[..^1] + $",\"{name}\":{{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[{data},{data + 8}]}}}}", data + 8);
        }

        Diagnostic[] Diagnostics(byte[] file) => [.. Compiler.Analyze(Compiler.Create(Source), WeightsFiles.Headers((Name, file)))];

        Diagnostics(With("norm.num_batches_tracked")).ShouldBeEmpty();
        byte[] asked = WeightsFiles.WithHeader(System.Text.Encoding.UTF8.GetString(With("x"), 8, (int)BitConverter.ToInt64(With("x"))).Replace("\"rnn.weight_ih_l0\"", "\"elsewhere\"").Replace("\"x\"", "\"rnn.weight_ih_l0\""), With("x").Length - 8 - (int)BitConverter.ToInt64(With("x")));
        Diagnostics(asked).Single().GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldContain("'rnn.weight_ih_l0' has the dtype 'I64'");
    }

    /// <summary>What the task takes: files that a source names as weights, and those that the project names; it writes only what changes.</summary>
    [Fact]
    public void TheTaskTakesWhatIsNamed()
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-weights-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "models"));
            string[] files = ["a.safetensors", "models/b.safetensors", "c.safetensors", "d.safetensors", "e'.safetensors"];
            foreach (string file in files)
            {
                File.WriteAllBytes(Path.Combine(folder, file), Fitting);
            }

            File.WriteAllText(Path.Combine(folder, "A.cs"), """[RnnModel(Weights = "./a.safetensors")] [RnnModel(Weights = @"models\b.safetensors")] class A { void M() => Save("c.safetensors"); }""");
            File.WriteAllText(Path.Combine(folder, "B.cs"), """[RnnModel(default,Weights="e'.safetensors")] class B;""");
            string output = Path.Combine(folder, "obj", "RnnGen.Weights.txt");
            WriteWeightsHeaders task = WeightsFiles.Run(folder, output, ["d.safetensors", "missing.safetensors"], files, ["A.cs", "B.cs", "missing.cs"]);
            task.Taken.Select(item => item.ItemSpec).ShouldBe(["a.safetensors", "d.safetensors", "e'.safetensors", "models/b.safetensors"]);
            task.Taken.Select(item => item.GetMetadata("LogicalName")).ShouldBe(["RnnGen.Weights/a.safetensors", "RnnGen.Weights/d.safetensors", "RnnGen.Weights/e'.safetensors", "RnnGen.Weights/models/b.safetensors"]);
            string[] lines = File.ReadAllLines(output);
            lines.Length.ShouldBe(12);
            lines[0].ShouldBe("a.safetensors");
            DateTime written = File.GetLastWriteTimeUtc(output);
            WeightsFiles.Run(folder, output, ["d.safetensors"], files, ["A.cs", "B.cs"]);
            File.GetLastWriteTimeUtc(output).ShouldBe(written);
            WeightsFiles.Run(folder, output, [], files, []);
            File.ReadAllText(output).ShouldBe("");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
