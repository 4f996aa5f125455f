using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Tests;
using Xunit.Abstractions;

namespace RnnGen.Architecture.Tests;

/// <summary>Folders are floors: what a folder's sources name stands in lower folders only, so that a reader can begin at the ground.</summary>
public sealed class FloorTests(ITestOutputHelper output)
{
    private static readonly SourceProjects s_projects = new();
    private static readonly Dictionary<string, FolderGraph> s_graphs = [];

    public static TheoryData<string> Projects => [.. SourceProjects.Names];

    [Theory]
    [MemberData(nameof(Projects))]
    public void NoFoldersReferToEachOther(string project)
    {
        FolderGraph graph = GraphOf(project);
        output.WriteLine($"{project}, from the ground up:\n{graph}");
        string loops = graph.Loops();
        Assert.True(loops.Length == 0, $"{project} has loops of folders; move what closes them to a lower one.\n{loops}");
    }

    /// <summary>The parser does not plan, an optimiser knows no file, and so on, even where no loop is closed.</summary>
    [Theory]
    [InlineData("RnnGen.Generator", "Common Cells Losses Model Parsing Planning Checking Emitting Analyzing")]
    [InlineData("RnnGen", "Declaration Numerics Layout Kernels Processes Optimizers Model Files Data Decoding Runtime Results Checkpoints Training")]
    [InlineData("RnnGen.Data", "Files Lines Csv NumPy TimeSeries Audio")]
    [InlineData("RnnGen.Forecasting", "Time Series Readers Scaling Windows Metrics Results Baselines Models Calibration Backtests")]
    [InlineData("RnnGen.Display", "Pictures Measures Logs Report Live")]
    [InlineData("RnnGen.Exchange", "Files Equations Model Json StateDicts Safetensors Declared PyTorch TorchSharp Onnx GuitarML RTNeural Nam")]
    [InlineData("RnnGen.Exchange.Keras", "Hdf5 Layers Reading Writing")]
    [InlineData("RnnGen.Tool", "Checking Commands")]
    public void FloorsReferToLowerOnesOnly(string project, string fromTheGroundUp)
    {
        string[] floors = fromTheGroundUp.Split(' ');
        floors.ShouldAllBe(floor => Directory.Exists(Path.Combine(SourceProjects.FolderOf(project), floor)));
        string upward = GraphOf(project).Upward(floors);
        Assert.True(upward.Length == 0, $"Of {project} these refer to a higher floor; the order is {fromTheGroundUp}.\n{upward}");
    }

    /// <summary>Planner, checks and emitters walk the list of ops: outside of their folder nothing names an op, or a call of one.</summary>
    [Fact]
    public void NothingNamesAnOpButTheirList()
    {
        INamespaceSymbol ops = s_projects.Compile("RnnGen.Generator").GetTypeByMetadataName("RnnGen.Generator.Planning.Ops.OpList").ShouldNotBeNull().ContainingNamespace;
        string[] members = [.. ops.GetTypeMembers().Where(type => Bases(type).Any(b => b.Name is "Op" or "Call")).Select(type => type.Name)];
        members.ShouldContain("Dropout");
        members.ShouldContain("CopyOutputs");
        string[] named = [.. GraphOf("RnnGen.Generator").Arrows.Where(arrow => arrow.Key.To == "Planning/Ops").SelectMany(arrow => arrow.Value)
            .Where(reference => members.Contains(reference.Split(' ')[1].Split('.')[0]))];
        Assert.True(named.Length == 0, "These name an op; ask all ops, or let the op's file say it.\n" + string.Join("\n", named));

        static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type) => type.BaseType is { } b ? Bases(b).Prepend(b) : [];
    }

    /// <summary>A reference that the compiler does not find would be an arrow that is not seen.</summary>
    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void EveryNameIsFound() => SourceProjects.Names.SelectMany(project => s_projects.Compile(project).GetDiagnostics())
        // Parts that other generators write, and what they assign, are not needed here.
        .Where(d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS8795" or "CS0170")).ShouldBeEmpty();

    [Fact]
    public void ALoopIsFoundWithWhatClosesIt()
    {
        FolderGraph graph = FolderGraph.Of(
            Compile(
                ("Low/A.cs", "namespace P.Low; static class A { public const int Size = 1; static int Up => P.High.B.Of(Size); } partial class Both;"),
                ("High/B.cs", "namespace P.High { static class B { public static int Of(int size) => size + P.Low.A.Size; } class C { P.Low.Both b = new(); } } namespace P.Low { partial class Both { } }"),
                ("Top/D.cs", "using P.High; class D { C c = new(); int d = B.Of(2); }")), "/p");
        graph.Floors().ShouldBe([["High", "Low"], ["Top"]]);
        graph.Loops().ShouldBe(
            "  The folders High, Low refer to each other:\n    High -> Low: B.cs:1 A, B.cs:1 A.Size\n    Low -> High: A.cs:1 B, A.cs:1 B.Of\n".ReplaceLineEndings());
        graph.Upward(["Low", "High", "Top"]).ShouldBe("  Low -> High: A.cs:1 B, A.cs:1 B.Of\n".ReplaceLineEndings());
        graph.Upward(["High", "Top"]).ShouldBe("");
        graph.Arrows[new Arrow("Top", "High")].ShouldBe(["D.cs:1 B", "D.cs:1 B.Of", "D.cs:1 C", "D.cs:1 C"], ignoreOrder: true);
    }

    private static FolderGraph GraphOf(string project)
    {
        if (!s_graphs.TryGetValue(project, out FolderGraph? graph))
        {
            s_graphs[project] = graph = FolderGraph.Of(s_projects.Compile(project), SourceProjects.FolderOf(project));
        }

        return graph;
    }

    private static CSharpCompilation Compile(params (string Path, string Text)[] sources) => CSharpCompilation.Create(
        "P", sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, path: "/p/" + source.Path)),
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
}
