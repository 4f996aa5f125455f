using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Runtime.Tests;

/// <summary>Files of others: with tensors that no model asks for, with claims beyond all reason, and beyond 2 GiB.</summary>
public sealed class ForeignFileTests
{
    private const string Weight = """
        "head.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}
        """;

    private static readonly byte[] s_values = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]; // 1 and -2

    [Theory]
    [InlineData("I64", "[]", 8)]
    [InlineData("I64", "[1]", 8)]
    [InlineData("BOOL", "[3]", 3)]
    [InlineData("F8_E4M3", "[2, 2]", 4)]
    [InlineData("F4", "[4]", 2)]
    [InlineData("from the future", "[9]", 1)]
    public void TensorsOfOtherTypesThatNobodyAsksForArePassedOver(string type, string shape, int bytes)
    {
        string other = $$$"""
            "norm.num_batches_tracked":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[8,{{{8 + bytes}}}]}
            """;
        Load(Raw($"{{{Weight},{other}}}", [.. s_values, .. new byte[bytes]])).ShouldBe([1, -2]);

        // Before the parameters too, and in a stream, which is left behind the last of them.
        string first = $$$"""
            {"a":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[0,{{{bytes}}}]},"head.weight":{"dtype":"F32","shape":[2],"data_offsets":[{{{bytes}}},{{{bytes + 8}}}]},
             "z":{"dtype":"I32","shape":[1],"data_offsets":[{{{bytes + 8}}},{{{bytes + 12}}}]}}
            """;
        byte[] file = Raw(first, [.. new byte[bytes], .. s_values, .. new byte[4]]);
        Load(file).ShouldBe([1, -2]);
        foreach (bool canSeek in new[] { true, false })
        {
            using Pipe stream = new([.. file, 77], canSeek);
            float[] loaded = new float[2];
            ModelFile.Load<float>(Layouts.Flat(2), loaded, stream);
            loaded.ShouldBe([1, -2]);
            stream.ReadByte().ShouldBe(77);
        }
    }

    [Theory]
    [InlineData("I64", "[3]", 8, "takes 24 bytes")]
    [InlineData("I64", "[]", 7, "takes 8 bytes")]
    [InlineData("U64", "[0]", 8, "takes 0 bytes")]
    [InlineData("C64", "[1]", 4, "takes 8 bytes")]
    [InlineData("I32", "[2]", 4, "takes 8 bytes")]
    [InlineData("U32", "[2]", 4, "takes 8 bytes")]
    [InlineData("I16", "[2, 3]", 6, "takes 12 bytes")]
    [InlineData("U16", "[2]", 2, "takes 4 bytes")]
    [InlineData("I8", "[4]", 8, "takes 4 bytes")]
    [InlineData("U8", "[4]", 5, "takes 4 bytes")]
    [InlineData("BOOL", "[3]", 1, "takes 3 bytes")]
    [InlineData("F8_E4M3", "[2, 2]", 8, "takes 4 bytes")]
    [InlineData("F6_E2M3", "[4]", 4, "takes 3 bytes")]
    [InlineData("F4", "[4]", 4, "takes 2 bytes")]
    [InlineData("F4", "[3]", 2, "takes 12 bits, which is not a whole number of bytes")]
    [InlineData("I64", "[4611686018427387904]", 8, "too large for any memory")]
    public void TensorsThatNobodyAsksForHaveTheBytesOfTheirShapes(string type, string shape, int bytes, string problem)
    {
        string other = $$$"""
            "other":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[8,{{{8 + bytes}}}]}
            """;
        Failure(Raw($"{{{Weight},{other}}}", [.. s_values, .. new byte[bytes]])).ShouldContain(problem);
    }

    [Fact]
    public void ANameCountsInBytesHoweverItIsWritten()
    {
        string Other(string name) => $$$"""{{{{Weight}}},"{{{name}}}":{"dtype":"I8","shape":[0],"data_offsets":[8,8]}}""";
        Load(Raw(Other(string.Concat(Enumerable.Repeat("\\u0041", 1024))), s_values)).ShouldBe([1, -2]);
        Failure(Raw(Other(string.Concat(Enumerable.Repeat("\\u0041", 1025))), s_values)).ShouldContain("at most 1024 are read");
        Failure(Raw(Other(new string('é', 513)), s_values)).ShouldContain("at most 1024 are read");
    }

    [Fact]
    public void WhatIsAskedForNeedsATypeOfParameters()
    {
        string quantised = """{"head.weight":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}""";
        Failure(Raw(quantised, new byte[2])).ShouldContain("'head.weight' has the dtype 'I8' without scales");
        Failure(Raw(quantised.Replace("I8", "U8"), new byte[2])).ShouldContain("'head.weight' has the dtype 'U8', but parameters are F64, F32, F16 or BF16, or I8 with scales");
        Failure(Raw(quantised.Replace("head", "module.head"), new byte[2])).ShouldContain("'module.head.weight' has the dtype 'I8'");
        Failure(Raw(quantised.Replace("head.weight", "q"), new byte[2])).ShouldContain("missing: head.weight [2]; 'q' has the dtype 'I8'");

        // One that can be read is taken before one that cannot.
        string both = """{"a.weight":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"b.weight":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}""";
        Load(Raw(both, [.. new byte[16], .. s_values])).ShouldBe([1, -2]);

        // A tensor of numbers that is left over is another model's parameter.
        Failure(Raw($$$"""{{{{Weight}}},"scale":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", new byte[12])).ShouldContain("not of this model: 'scale' [1]");
        Failure(Raw("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[8,0]}}""", new byte[8])).ShouldContain("data_offsets from 8 to 0");
    }

    public static TheoryData<string, string> Claims => new()
    {
        { "shape", $$$"""{"head.weight":{"dtype":"F32","shape":[{{{string.Join(",", Enumerable.Repeat("1", 1_000_000))}}}],"data_offsets":[0,8]}}""" },
        { "offsets", $$$"""{"head.weight":{"dtype":"F32","shape":[2],"data_offsets":[{{{string.Join(",", Enumerable.Repeat("1", 1_000_000))}}}]}}""" },
        { "name", $$$"""{"{{{new string('n', 2_000_000)}}}":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
        { "type", $$$"""{"head.weight":{"dtype":"{{{new string('n', 2_000_000)}}}","shape":[2],"data_offsets":[0,8]}}""" },
        { "entry", $$$"""{"head.weight":{"{{{new string('n', 2_000_000)}}}":"F32"}}""" },
        { "escaped name", $$$"""{"{{{string.Concat(Enumerable.Repeat("\\u0041", 300_000))}}}":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
        { "tensors", $"{{{string.Join(",", Enumerable.Range(0, 40_000).Select(i => $"\"t{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"))}}}" },
        { "other tensors", $"{{{string.Join(",", Enumerable.Range(0, 40_000).Select(i => $"\"t{i}\":{{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}}"))}}}" },
        { "metadata", $$$"""{"__metadata__":{"{{{new string('n', 2_000_000)}}}":1}}""" },
        { "metadata twice", $$$"""{"__metadata__":{"{{{new string('n', 900_000)}}}":"","{{{new string('n', 900_000)}}}":""}}""" },
        { "declaration", $$$"""{"__metadata__":{"rnngen.declaration":"{{{new string('n', 2_000_000)}}}"}}""" },
        { "thousand tensors of long names", $"{{{string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"{new string('n', 900)}{i}\":{{\"dtype\":\"F32\",\"shape\":[0,1,1,1,1,1,1,1],\"data_offsets\":[0,0]}}"))}}}" },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void AFileThatClaimsMuchCostsLittle(string what, string header)
    {
        byte[] file = Raw(header, s_values);
        Failure(Raw("""{"head.weight":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", new byte[12])); // what is built once is built now
        string? message = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ModelFile.Load<float>(Layouts.Flat(2), new float[2], new MemoryStream(file));
        }
        catch (ModelFileException e)
        {
            message = e.Message;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        message.ShouldNotBeNull(what);
        message.Length.ShouldBeLessThan(5000, what);
        allocated.ShouldBeLessThan((8L * file.Length) + (4 << 20), what);
    }

    [Fact]
    public void TenProblemsAreNamedAndTheOthersCounted()
    {
        ModelLayout ours = Layouts.Of([.. Enumerable.Range(0, 40).Select(i => ($"layer.{i}.weight_{i}", new[] { 2 }))]);
        ModelLayout theirs = Layouts.Of([.. Enumerable.Range(0, 40).Select(i => (i < 20 ? $"layer.{i}.weight_{i}" : $"other.{i}", new[] { 3 }))]);
        using MemoryStream stream = new();
        ModelFile.Save<float>(theirs, new float[120], stream);
        string message = Should.Throw<ModelFileException>(() => ModelFile.Load<float>(ours, new float[80], stream.ToArray())).Message;
        message.ShouldContain("'layer.9.weight_9' should be [2] but is [3]");
        message.ShouldNotContain("'layer.10.weight_10' should be");
        message.ShouldContain("and 12 more");
    }

    [Fact]
    public void OffsetsBeyond2GiBAreRead()
    {
        const long gap = 3L << 30;
        string header = $$$"""
            {"a":{"dtype":"I64","shape":[{{{gap / 8}}}],"data_offsets":[0,{{{gap}}}]},"head.weight":{"dtype":"F32","shape":[2],"data_offsets":[{{{gap}}},{{{gap + 8}}}]},
             "z":{"dtype":"U8","shape":[{{{gap}}}],"data_offsets":[{{{gap + 8}}},{{{gap + gap + 8}}}]}}
            """;
        using Sparse stream = new(Raw(header, []), gap, s_values, gap);
        float[] loaded = new float[2];
        ModelFile.Load<float>(Layouts.Flat(2), loaded, stream);
        loaded.ShouldBe([1, -2]);
        stream.Position.ShouldBe(stream.Length);

        using Sparse shorter = new(Raw(header, []), gap, s_values, gap - 1);
        Should.Throw<ModelFileException>(() => ModelFile.Load<float>(Layouts.Flat(2), loaded, shorter)).Message.ShouldContain("truncated");
    }

    [Fact]
    public void NumbersArePutTogetherFromPieces()
    {
        // More than one piece of a mebibyte in each tensor, none of a whole number of pieces.
        ModelLayout layout = Layouts.Of(("a.weight", [700_001]), ("b.weight", [3]), ("c.weight", [262_145]));
        double[] values = [.. Enumerable.Range(0, layout.ParameterCount).Select(i => i / 7.0)];
        using MemoryStream stream = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFile.Save<double>(layout, values, Stream.Null);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        ModelFile.Save<double>(layout, values, stream);
        foreach (bool canSeek in new[] { true, false })
        {
            double[] loaded = new double[values.Length];
            before = GC.GetAllocatedBytesForCurrentThread();
            ModelFile.Load<double>(layout, loaded, new Pipe(stream.ToArray(), canSeek));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((2 * stream.Length) + (4 << 20)); // ToArray, and the numbers once more
            loaded.ShouldBe(values);
            Should.Throw<ModelFileException>(() => ModelFile.Load<double>(layout, loaded, new Pipe(stream.ToArray()[..^1], canSeek))).Message.ShouldContain("truncated");
        }
    }

    /// <summary>A model beyond 2 GiB through a file and back: RNNGEN_LARGE_MODEL=1, with 7 GB of memory and 3 GB of disk.</summary>
    [LargeModelFact]
    public void AModelBeyond2GiBIsSavedAndLoaded()
    {
        ModelLayout layout = Layouts.Of(("a.weight", [1 << 20, 512]), ("b.weight", [100_000_007]));
        float[] values = new float[layout.ParameterCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }

        using TemporaryFolder folder = new();
        string path = folder.File("large.safetensors");
        ModelFile.Save<float>(layout, values, path);
        new FileInfo(path).Length.ShouldBeGreaterThan(int.MaxValue);
        float[] loaded = new float[values.Length];
        ModelFile.Load<float>(layout, loaded, path);
        loaded.AsSpan().SequenceEqual(values).ShouldBeTrue();
        using FileStream stream = File.OpenRead(path);
        Array.Clear(loaded);
        ModelFile.Load<float>(layout, loaded, stream);
        loaded.AsSpan().SequenceEqual(values).ShouldBeTrue();
    }

    private static float[] Load(byte[] file)
    {
        float[] loaded = new float[2];
        ModelFile.Load<float>(Layouts.Flat(2), loaded, file);
        return loaded;
    }

    private static string Failure(byte[] file)
    {
        float[] destination = [7, 7];
        string message = Should.Throw<ModelFileException>(() => ModelFile.Load<float>(Layouts.Flat(2), destination, file)).Message;
        destination.ShouldBe([7, 7]);
        return message;
    }

    private static byte[] Raw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return file;
    }

    private sealed class Pipe(byte[] bytes, bool canSeek) : MemoryStream(bytes)
    {
        public override bool CanSeek => canSeek;
    }

    /// <summary>Some bytes, many zeros, some bytes, many zeros.</summary>
    private sealed class Sparse(byte[] start, long gap, byte[] middle, long end) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => start.Length + gap + middle.Length + end;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = 0;
            for (; read < count && Position < Length; read++, Position++)
            {
                long within = Position - start.Length - gap;
                buffer[offset + read] = Position < start.Length ? start[Position] : within >= 0 && within < middle.Length ? middle[within] : (byte)0;
            }

            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin == SeekOrigin.Current ? Position + offset : throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A test that needs more memory than a test may take.</summary>
public sealed class LargeModelFactAttribute : FactAttribute
{
    public LargeModelFactAttribute() => Skip = Environment.GetEnvironmentVariable("RNNGEN_LARGE_MODEL") == "1" ? null : "Set RNNGEN_LARGE_MODEL=1; it needs 7 GB of memory and 3 GB of disk.";
}
