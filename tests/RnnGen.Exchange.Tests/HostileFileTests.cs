using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using RnnGen.Exchange.Onnx.Writing;

namespace RnnGen.Exchange.Tests;

/// <summary>Files that are made to do harm: they run nothing, take little, and are rejected by a typed error.</summary>
public sealed class HostileFileTests
{
    [Theory]
    [InlineData("cposix\nsystem\n(X\u0004\0\0\0true" + "tR.", "posix.system")]
    [InlineData("cbuiltins\neval\n.", "builtins.eval")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    [InlineData("ctorch._utils\n_rebuild_device_tensor_from_numpy\n.", "_rebuild_device_tensor_from_numpy")]
    [InlineData("ios\nsystem\n.", "opcode 0x69")]
    [InlineData("}.", "none of tensors")]
    [InlineData("]].", "no dictionary")]
    [InlineData("h\u0005.", "does not have")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f", "truncated")]
    [InlineData("u.", "damaged")]
    public void APickleRunsNothing(string pickle, string said) => Rejected(Zip(("a/data.pkl", Latin(pickle)))).ShouldContain(said);

    [Fact]
    public void ACompressedEntryIsNotUnpacked()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("a/data.pkl", CompressionLevel.SmallestSize).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++)
            {
                entry.Write(zeros);
            }
        }

        byte[] file = stream.ToArray();
        file.Length.ShouldBeLessThan(1 << 17);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rejected(file).ShouldContain("claims");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    /// <summary>Names of a file stand in the declaration's comment and in messages: they end no line and begin no code.</summary>
    [Theory]
    [InlineData("a.pt\npublic class Evil { }")]
    [InlineData("a\u2028class X")]
    [InlineData("</summary><script>")]
    public void AFileNameIsOneLineOfAComment(string name)
    {
        ForeignModel model = ForeignFile.Read(Path.Combine(ForeignCase.Folder, "no-head.pt"));
        string text = model.ToDeclaration(new DeclarationOptions { Name = "Model", FileName = name });
        text.Split('\n', '\u2028').Count(line => line.Contains("Evil", StringComparison.Ordinal) || line.Contains("class X", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(1);
        text.Split('\n').Where(line => line.Contains("Imported from", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldStartWith("/// <summary>Imported from ");
        text.ShouldNotContain("<script>");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a;b")]
    [InlineData("a\nb")]
    public void ANameIsAName(string name)
    {
        Should.Throw<ArgumentException>(() => new DeclarationOptions { Name = name });
        Should.Throw<ArgumentException>(() => new DeclarationOptions { Name = "A", Namespace = $"Good.{name}" });
    }

    [Fact]
    public void AKeywordIsEscaped()
    {
        ForeignModel model = ForeignFile.Read(Path.Combine(ForeignCase.Folder, "no-head.pt"));
        string text = model.ToDeclaration(new DeclarationOptions { Name = "class", Namespace = "My.event" });
        text.ShouldContain("namespace My.@event;");
        text.ShouldContain("partial class @class;");
    }

    /// <summary>Values that are read twice, each reader followed by the same long way: each node is followed once.</summary>
    [Fact]
    public void AGraphWhoseValuesAllLeadDownOneLongWayTakesItsSize()
    {
        const int length = 20_000;
        GraphWriter graph = new(isDouble: false);
        string value = graph.Input("x", "4", "1", "1");
        List<string> values = [];
        for (int i = 0; i < length; i++)
        {
            values.Add(value);
            value = graph.Node("Identity", "main", [value]);
        }

        string aside = graph.Node("Identity", "aside", [.. values]);
        for (int i = 0; i < length; i++)
        {
            aside = graph.Node("Identity", "aside", [aside]);
        }

        graph.Rename(graph.Nodes("RNN", "rnn", [value, graph.Constant("w", [1, 2, 1], [1, 2]), graph.Constant("r", [1, 2, 2], [1, 2, 3, 4])], [""], NodeAttribute.Of("hidden_size", 2))[0], "y");
        graph.Output("y", "4", "1", "1", "2");
        byte[] file = graph.ToFile("long", []);
        Stopwatch watch = Stopwatch.StartNew();
        ForeignFile.Read(file).Layers[0].Kind.ShouldBe(ForeignLayerKind.Rnn);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static string Rejected(byte[] file) => Should.Throw<ForeignFileException>(() => ForeignFile.Read(file)).Message;

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
