using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Runtime.Tests;

public sealed class ModelFileTests : IDisposable
{
    private static readonly ModelLayout s_layout = Layouts.Of(
        ("rnn.weight_ih_l0", [8, 1]), ("rnn.weight_hh_l0", [8, 2]), ("rnn.bias_ih_l0", [8]), ("rnn.bias_hh_l0", [8]), ("head.weight", [1, 2]), ("head.bias", [1]));

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen").FullName;

    private static double[] Values => [.. Enumerable.Range(0, s_layout.ParameterCount).Select(i => (i - 20.5) / 8)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PathStreamAndBytesGiveTheSameBack()
    {
        string path = Path.Combine(_folder, "m.safetensors");
        ModelFile.Save<double>(s_layout, Values, path);
        double[] loaded = new double[Values.Length];
        ModelFile.Load<double>(s_layout, loaded, path);
        loaded.ShouldBe(Values);

        Array.Clear(loaded);
        ModelFile.Load<double>(s_layout, loaded, File.ReadAllBytes(path).AsSpan());
        loaded.ShouldBe(Values);

        // A stream that is read from its position on, and holds two models and more.
        using MemoryStream stream = new();
        stream.Write([1, 2, 3]);
        ModelFile.Save<double>(s_layout, Values, stream);
        ModelFile.Save<double>(s_layout, [.. Values.Reverse()], stream);
        stream.WriteByte(9);
        stream.Position = 3;
        ModelFile.Load<double>(s_layout, loaded, stream);
        loaded.ShouldBe(Values);
        ModelFile.Load<double>(s_layout, loaded, stream);
        loaded.ShouldBe(Values.Reverse());
        stream.ReadByte().ShouldBe(9);
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Fact]
    public void TheFormatIsSafetensors()
    {
        byte[] file = Saved<float>(Layouts.Of(("head.weight", [1, 2]), ("head.bias", [1])), [1, 2, 3]);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        (header % 8).ShouldBe(0);
        Encoding.UTF8.GetString(file, 8, header).TrimEnd().ShouldBe(
            """{"__metadata__":{"format":"pt","rnngen.model":"Tested","rnngen.declaration":"ManyToOne 3x1 -> Lstm(2) -> Dense(1), MeanSquaredError","rnngen.version":"1"},"""
            + """ "head.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"head.bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""".TrimStart());
        file.Length.ShouldBe(8 + header + 12);
        BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(8 + header + 4)).ShouldBe(2);
    }

    /// <summary>A file without it, or with another's, loads on names and shapes as before.</summary>
    [Fact]
    public void TheSpecificationIsSaved()
    {
        const string specification = """{"version":1,"cells":[{"name":"Own","equations":"h' = x\n# \"quoted\" ∂"}]}""";
        ModelLayout layout = Layouts.Specified(specification, ("head.weight", [2]));
        byte[] file = Saved<float>(layout, [1, 2]);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var document = System.Text.Json.JsonDocument.Parse(file.AsMemory(8, header));
        document.RootElement.GetProperty("__metadata__").GetProperty("rnngen.specification").GetString().ShouldBe(specification);

        float[] loaded = new float[2];
        foreach (ModelLayout other in (ModelLayout[])[layout, Layouts.Flat(2), Layouts.Specified("{}", ("head.weight", [2]))])
        {
            ModelMetadata metadata = new();
            ModelFile.Load<float>(layout, loaded, Saved<float>(other, [3, 4]).AsSpan(), metadata: metadata);
            loaded.ShouldBe([3, 4]);
            metadata.ShouldBeEmpty();
            ModelFile.Load<float>(other, loaded, file.AsSpan());
            loaded.ShouldBe([1, 2]);
        }
    }

    [Fact]
    public void NumberTypesAreConverted()
    {
        ModelLayout layout = Layouts.Flat(2);
        double[] values = new double[2];
        float[] singles = new float[2];
        ModelFile.Load<double>(layout, values, Saved<float>(layout, [0.5f, 0.1f]).AsSpan());
        values.ShouldBe([0.5, 0.1f]);
        ModelFile.Load<float>(layout, singles, Saved<double>(layout, [0.5, 0.1]).AsSpan());
        singles.ShouldBe([0.5f, 0.1f]);

        // 1.5 and -2: half 0x3E00, 0xC000; bfloat16 0x3FC0, 0xC000.
        ModelFile.Load<float>(layout, singles, Raw("""{"head.weight":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", [0x00, 0x3E, 0x00, 0xC0]).AsSpan());
        singles.ShouldBe([1.5f, -2]);
        ModelFile.Load<double>(layout, values, Raw("""{"head.weight":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", [0xC0, 0x3F, 0x00, 0xC0]).AsSpan());
        values.ShouldBe([1.5, -2]);
    }

    [Fact]
    public void OtherModulePrefixesMatchWhereOneChoiceIsLeft()
    {
        ModelLayout foreign = Layouts.Of(
            ("fc.bias", [1]), ("lstm.weight_hh_l0", [8, 2]), ("lstm.weight_ih_l0", [8, 1]), ("lstm.bias_hh_l0", [8]), ("lstm.bias_ih_l0", [8]), ("fc.weight", [1, 2]));
        ModelLayout wrapped = Layouts.Of([.. s_layout.Parameters.Select(p => ("module.model." + p.Name, p.Shape.ToArray()))]);
        foreach (ModelLayout layout in new[] { foreign, wrapped })
        {
            double[] loaded = new double[Values.Length];
            ModelFile.Load<double>(s_layout, loaded, Saved<double>(layout, Values).AsSpan());
            foreach (ParameterInfo parameter in s_layout.Parameters)
            {
                ParameterInfo source = layout.Parameters.Single(p => p.Name.EndsWith(parameter.Name[(parameter.Name.IndexOf('.') + 1)..], StringComparison.Ordinal));
                loaded.AsSpan(parameter.Offset, parameter.Length).ToArray().ShouldBe(Values[source.Offset..(source.Offset + source.Length)]);
            }
        }
    }

    [Fact]
    public void ATieNamesBothAndNamesDecide()
    {
        ModelLayout ours = Layouts.Of(("dense.0.weight", [2, 2]), ("head.weight", [2, 2]));
        byte[] file = Saved<double>(Layouts.Of(("fc1.weight", [2, 2]), ("fc2.weight", [2, 2])), [1, 2, 3, 4, 5, 6, 7, 8]);
        double[] loaded = new double[8];
        string message = Failure(ours, file);
        message.ShouldContain("dense.0.weight [2, 2] may be 'fc1.weight' or 'fc2.weight'");

        ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["dense.0.weight"] = "fc2.weight", ["head.weight"] = "fc1.weight" } });
        loaded.ShouldBe([5, 6, 7, 8, 1, 2, 3, 4]);

        // One name is enough: the other is then the only choice.
        ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["head.weight"] = "fc2.weight" } });
        loaded.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);

        Failure(ours, Saved<double>(Layouts.Of(("fc.weight", [2, 2])), [1, 2, 3, 4])).ShouldContain("'fc.weight' may be dense.0.weight or head.weight");
        Should.Throw<ModelFileException>(() => ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["head.weight"] = "fc3.weight" } }))
            .Message.ShouldContain("'fc3.weight', given as the name of head.weight, is not in the file");
        Should.Throw<ArgumentException>(() => ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["haed.weight"] = "fc1.weight" } }))
            .Message.ShouldContain("has no parameter 'haed.weight'");
    }

    /// <summary>The fix that the error names is the whole fix: what a name decided against is passed over. Anything else in the file is an error still.</summary>
    [Fact]
    public void ANameDecidesAgainstTheOthersOfATie()
    {
        ModelLayout ours = Layouts.Of(("lstm.weight", [2, 2]), ("head.bias", [2]));
        byte[] file = Saved<double>(Layouts.Of(("lstm.weight", [2, 2]), ("a.bias", [2]), ("b.bias", [2])), [1, 2, 3, 4, 5, 6, 7, 8]);
        Failure(ours, file).ShouldBe(Failure(ours, file).Split("head.bias")[0] + "head.bias [2] may be 'a.bias' or 'b.bias'; choose with names: { [\"head.bias\"] = \"a.bias\" }.");

        double[] loaded = new double[6];
        ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["head.bias"] = "a.bias" } });
        loaded.ShouldBe([1, 2, 3, 4, 5, 6]);
        ModelFile.Load<double>(ours, loaded, file.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["head.bias"] = "b.bias" } });
        loaded.ShouldBe([1, 2, 3, 4, 7, 8]);

        byte[] more = Saved<double>(Layouts.Of(("lstm.weight", [2, 2]), ("a.bias", [2]), ("b.bias", [2]), ("c.bias", [3]), ("d.gain", [2])), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        Should.Throw<ModelFileException>(() => ModelFile.Load<double>(ours, loaded, more.AsSpan(), new LoadOptions { Names = new Dictionary<string, string> { ["head.bias"] = "a.bias" } }))
            .Message.ShouldContain("not of this model: 'c.bias' [3], 'd.gain' [2]");
    }

    /// <summary>Each tie is said once, and what takes part in one is neither missing nor too much.</summary>
    [Fact]
    public void EachTieIsNamedOnce()
    {
        ModelLayout ours = Layouts.Of(("weight", [2, 2]), ("bias", [2]));
        string message = Failure(ours, Saved<double>(Layouts.Of(("a.weight", [2, 2]), ("a.bias", [2]), ("b.weight", [2, 2]), ("b.bias", [2])), new double[12]));
        message.Split("may be").Length.ShouldBe(3);
        message.ShouldNotContain("missing");
        message.ShouldNotContain("not of this model");
    }

    /// <summary>A model is loaded from a part of a file: what has another prefix is left out, what is ignored is passed over, and names are written with the prefix or without.</summary>
    [Fact]
    public void OptionsSayWhichTensorsAreTheModels()
    {
        ModelLayout ours = Layouts.Of(("dense.0.weight", [2, 2]), ("head.weight", [2, 2]));
        byte[] file = Saved<double>(
            Layouts.Of(("encoder.dense.0.weight", [2, 2]), ("encoder.fc.weight", [2, 2]), ("encoder.projection.weight", [2, 2]), ("encoder.projection.bias", [2]), ("decoder.dense.0.weight", [2, 2]), ("decoder.head.weight", [2, 2])),
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 21, 22, 23, 24, 25, 26, 27, 28]);
        double[] Loaded(LoadOptions options)
        {
            double[] loaded = new double[8];
            ModelFile.Load<double>(ours, loaded, file.AsSpan(), options);
            return loaded;
        }

        Loaded(new() { Prefix = "decoder." }).ShouldBe([21, 22, 23, 24, 25, 26, 27, 28]);
        Loaded(new() { Prefix = "encoder.", Ignore = ["projection.*"] }).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        Loaded(new() { Ignore = ["enc*", "nothing.like.this"] }).ShouldBe([21, 22, 23, 24, 25, 26, 27, 28]);
        Loaded(new() { Ignore = ["*.0.weight", "encoder.f*t", "*.bias", "decoder.head.weight"], Names = new Dictionary<string, string> { ["dense.0.weight"] = "decoder.head.weight" } })
            .ShouldBe([25, 26, 27, 28, 9, 10, 11, 12]);
        foreach (string written in (string[])["projection.weight", "encoder.projection.weight"])
        {
            Loaded(new() { Prefix = "encoder.", Ignore = ["fc.*", "*bias"], Names = new Dictionary<string, string> { ["head.weight"] = written } }).ShouldBe([1, 2, 3, 4, 9, 10, 11, 12]);
        }

        string Problem(LoadOptions options) => Should.Throw<ModelFileException>(() => Loaded(options)).Message;
        Problem(new() { Prefix = "encoder.", Ignore = ["projection.weight"] }).ShouldContain("under the prefix 'encoder.': not of this model: 'projection.bias' [2]");
        Problem(new() { Prefix = "encoder.", Ignore = ["projection.bias", "ojection*"] }).ShouldContain("'projection.weight'");
        Problem(new() { Prefix = "missing." }).ShouldContain("none of its 6 tensors begins with the prefix 'missing.'");
        Should.Throw<ArgumentException>(() => new LoadOptions { Prefix = "" }).Message.ShouldContain("do not set it");
        Should.Throw<ArgumentException>(() => new LoadOptions { Ignore = ["a", ""] }).Message.ShouldContain("Ignore[1]");
    }

    [Fact]
    public void MissingExtraAndMisshapenTensorsAreNamed()
    {
        string message = Failure(
            Layouts.Of(("rnn.weight_ih_l0", [8, 1]), ("head.weight", [1, 2]), ("head.bias", [1])),
            Saved<float>(Layouts.Of(("rnn.weight_ih_l0", [6, 1]), ("head.weight", [1, 2]), ("scale", [3])), new float[11]));
        message.ShouldContain("'rnn.weight_ih_l0' should be [8, 1] but is [6, 1]");
        message.ShouldContain("missing: head.bias [1]");
        message.ShouldContain("not of this model: 'scale' [3]");
    }

    [Fact]
    public void ADeclarationThatDiffersIsShownWhereTheTensorsDoNotFit()
    {
        ModelLayout other = Redeclared(Layouts.Of(("rnn.weight_ih_l0", [6, 1])), "ManyToOne 3x1 -> Gru(2)");
        string message = Failure(Layouts.Of(("rnn.weight_ih_l0", [8, 1])), Saved<float>(other, new float[6]));
        message.ShouldContain("\"ManyToOne 3x1 -> Gru(2)\"");
        message.ShouldContain("\"ManyToOne 3x1 -> Lstm(2) -> Dense(1), MeanSquaredError\"");

        // Another sequence length, the same tensors: that loads.
        float[] loaded = new float[6];
        ModelFile.Load<float>(Layouts.Of(("rnn.weight_ih_l0", [6, 1])), loaded, Saved<float>(other, [1, 2, 3, 4, 5, 6]).AsSpan());
        loaded.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void NonFiniteParametersAreNeitherSavedNorLoaded(float bad)
    {
        ModelLayout layout = Layouts.Flat(3);
        string path = Path.Combine(_folder, "m.safetensors");
        Should.Throw<NonFiniteException>(() => ModelFile.Save<float>(layout, [1, bad, 3], path)).Message.ShouldContain("head.weight[1]");
        File.Exists(path).ShouldBeFalse();

        byte[] file = Saved<float>(layout, [1, 2, 3]);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(file.Length - 8), bad);
        Failure(layout, file).ShouldContain("'head.weight' holds a value at index 1");
    }

    [Fact]
    public void ADoubleTooLargeForAFloatModelIsRefused()
    {
        float[] loaded = [1];
        byte[] file = Saved<double>(Layouts.Flat(1), [1e300]);
        Should.Throw<ModelFileException>(() => ModelFile.Load<float>(Layouts.Flat(1), loaded, file.AsSpan())).Message.ShouldContain("not a finite Single");
        loaded.ShouldBe([1]);
    }

    [Theory]
    [InlineData("", "has 0 bytes")]
    [InlineData("abc", "has 3 bytes")]
    [InlineData("PK\u0003\u0004 and so on", "save_file")]
    [InlineData("this is not such a file", "first 8 bytes")]
    public void OtherFilesAreRecognised(string content, string message) => Failure(Layouts.Flat(1), Encoding.ASCII.GetBytes(content)).ShouldContain(message);

    [Theory]
    [InlineData("""[]""", "start with '{'")]
    [InlineData("""{"head.weight":""", "JSON")]
    [InlineData("""{} {}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[[[1]]]]]]]],"data_offsets":[0,4]}}""", "JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "JSON")]
    [InlineData("""{"a":1}""", "tensor 'a' should be StartObject, but is Number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "lacks")]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", "has the dtype 'I64'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}""", "repeated entry 'dtype'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "the shape of 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "the shape of 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", "the data_offsets of 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", "too large for any memory")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8 bytes")]
    [InlineData("""{"a\u001b[31m\n":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "Tensor 'a\\u001B[31m\\u000A' of")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "takes 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "names 'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "names 'a' twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", "should be String")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "names 'k' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "0 follow the header", 0)]
    [InlineData("""{"head.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "truncated", 3)]
    [InlineData("""{"head.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "longer than its header says", 5)]
    public void HostileHeadersAreRefused(string header, string message, int dataBytes = 8) =>
        Failure(Layouts.Flat(1), Raw(header, new byte[dataBytes])).ShouldContain(message);

    [Fact]
    public void AHugeHeaderLengthCostsNoMemory()
    {
        byte[] file = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(file, 99_000_000);
        file[8] = (byte)'{';
        float[] loaded = new float[1];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ModelFileException>(() => ModelFile.Load<float>(Layouts.Flat(1), loaded, new Unseekable(file))).Message.ShouldContain("truncated");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4_000_000);
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        Failure(Layouts.Flat(1), file).ShouldContain("18446744073709551615 bytes");
    }

    [Fact]
    public void AMissingFileIsNotFound() =>
        Should.Throw<FileNotFoundException>(() => ModelFile.Load<float>(s_layout, new float[s_layout.ParameterCount], Path.Combine(_folder, "none")));

    [Fact]
    public void AnErrorOfAFileNamesThePath()
    {
        string path = Path.Combine(_folder, "broken.safetensors");
        File.WriteAllBytes(path, Saved<double>(s_layout, Values)[..^1]);
        Should.Throw<ModelFileException>(() => ModelFile.Load<double>(s_layout, new double[Values.Length], path)).Message.ShouldStartWith(path);
    }

    [Fact]
    public void SavingReplacesAFileOrLeavesIt()
    {
        string path = Path.Combine(_folder, "m.safetensors");
        ModelFile.Save<double>(Layouts.Flat(1), [1], path);
        ModelFile.Save<double>(Layouts.Flat(1), [2], path);
        double[] loaded = new double[1];
        ModelFile.Load<double>(Layouts.Flat(1), loaded, path);
        loaded.ShouldBe([2]);

        // The target is a folder: the move fails, and no temporary file stays.
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "taken")).FullName;
        Should.Throw<Exception>(() => ModelFile.Save<double>(Layouts.Flat(1), [3], folder));
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Fact]
    public void DamagedFilesNeverDoMoreThanThrowModelFileException()
    {
        byte[] valid = Saved<double>(s_layout, Values);
        Random random = new(20);
        int refused = 0;
        for (int round = 0; round < 6000; round++)
        {
            byte[] damaged = [.. valid];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                // Mostly the header, where the structure is.
                int at = random.Next(5) == 0 ? random.Next(damaged.Length) : random.Next(damaged.Length - (8 * Values.Length));
                damaged[at] ^= (byte)(1 << random.Next(8));
            }

            if (round % 3 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            double[] destination = new double[Values.Length];
            Array.Fill(destination, 7);
            try
            {
                switch (round % 4)
                {
                    case 0:
                        ModelFile.Load<double>(s_layout, destination, new MemoryStream(damaged));
                        break;
                    case 1:
                        ModelFile.Load<double>(s_layout, destination, new Unseekable(damaged));
                        break;
                    default:
                        ModelFile.Load<double>(s_layout, destination, damaged.AsSpan());
                        break;
                }
            }
            catch (ModelFileException)
            {
                refused++;
                destination.ShouldAllBe(x => x == 7);
            }
        }

        refused.ShouldBeGreaterThan(3000);
    }

    private static byte[] Saved<T>(ModelLayout layout, T[] values) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using MemoryStream stream = new();
        ModelFile.Save<T>(layout, values, stream);
        return stream.ToArray();
    }

    private static byte[] Raw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return file;
    }

    /// <summary>The message with which loading fails, having changed nothing.</summary>
    private static string Failure(ModelLayout layout, byte[] file)
    {
        float[] destination = new float[layout.ParameterCount];
        Array.Fill(destination, 7);
        string message = Should.Throw<ModelFileException>(() => ModelFile.Load<float>(layout, destination, file.AsSpan())).Message;
        destination.ShouldAllBe(x => x == 7);
        return message;
    }

    private static ModelLayout Redeclared(ModelLayout layout, string declaration) => new()
    {
        ModelName = layout.ModelName,
        Declaration = declaration,
        Parameters = layout.Parameters,
        ParameterCount = layout.ParameterCount,
        SequenceLength = layout.SequenceLength,
        OutputSteps = layout.OutputSteps,
        InputLength = layout.InputLength,
        TargetLength = layout.TargetLength,
        OutputLength = layout.OutputLength,
        BatchSize = layout.BatchSize,
        TrainingMemory = 0,
        PredictionMemory = 0,
        ForwardFlops = 0,
    };

    /// <summary>A stream of a few bytes at a time and of unknown length, as from a network.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 13)]);
    }
}
