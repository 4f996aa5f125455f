using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the step of a sequence that is fed step by step, for a layer whose weights the first-level cache does not hold: group by group of blocks
/// (<see cref="StreamedGroup"/>), from the first to the last at even steps and back at odd ones.
/// </summary>
internal sealed class StreamEmitter(KernelContext context, ProductEmitter products)
{
    // Groups that differ in their place only share a method.
    private readonly SharedMethods _groups = new(context.Writer, "StreamGroup");

    private LayerPlan Layer => context.Layer;

    private string Number => context.Number;

    public void Write()
    {
        SourceWriter writer = context.Writer;
        writer.Write("""
            // The same for streaming. Weights that the first-level cache does not hold are read to and fro: an even step
            // (turn 0) ends with those that an odd one (turn 1) begins with. The order in which a sum is added up is the same in both.
            """);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelNames.Stream}(ref {Number} inputs, int source, ref {Number} packs, int pack, ref {Number} arena, int slots, {KernelEmitter.BufferParameters(Layer.StepBuffers)}, int turn)"))
        {
            writer.Write($"""
                ref {Number} x = ref Unsafe.Add(ref inputs, source);
                ref {Number} weights = ref Unsafe.Add(ref packs, pack);
                ref {Number} lanes = ref Unsafe.Add(ref arena, slots);
                """);
            foreach (ProductSource state in Layer.Sources.Where(s => s.IsState))
            {
                writer.Write($"ref {Number} {state.Name} = ref Unsafe.Add(ref arena, {Place.PreviousState(state.Name).Parameter});");
            }

            WriteToAndFro(writer, Layer.StreamedGroups, WriteCalls);
        }

        _groups.Write();
    }

    /// <summary>Writes calls for groups of blocks: in their order in turn 0, and against it in the other.</summary>
    public static void WriteToAndFro(SourceWriter writer, IReadOnlyList<StreamedGroup> groups, Action<IEnumerable<StreamedGroup>> writeCalls)
    {
        using (writer.Open("if (turn == 0)"))
        {
            writeCalls(groups);
        }

        using (writer.Open("else"))
        {
            writeCalls(groups.Reverse());
        }
    }

    /// <summary>A reference to what is stored so far behind another.</summary>
    public static string Offset(string name, int offset) => offset == 0 ? $"ref {name}" : $"ref Unsafe.Add(ref {name}, {offset})";

    private void WriteCalls(IEnumerable<StreamedGroup> groups)
    {
        foreach (StreamedGroup group in groups)
        {
            context.Writer.Write(
                $"{MethodOf(group)}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {s.Name}"))}, {Offset("weights", group.Block * Layer.PackBlock)}, ref lanes, {Offset("arena", group.Block * Layer.Block)}, {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))}{(group.IsSplit ? ", turn" : "")});");
        }
    }

    private string MethodOf(StreamedGroup group) => _groups.Share(
        $"{group.Blocks} block{(group.Blocks == 1 ? "" : "s")} of units: the products{(group.IsSplit ? ", in two ranges of columns," : "")} into their lanes, then the equations, element by element.",
        [.. Layer.Sources.Select(s => $"ref {Number} {s.Name}"), $"ref {Number} w", $"ref {Number} lanes", $"ref {Number} arena", KernelEmitter.BufferParameters(Layer.StepBuffers), .. group.IsSplit ? ["int turn"] : Array.Empty<string>()],
        () => WriteGroup(group));

    private void WriteGroup(StreamedGroup group)
    {
        SourceWriter writer = context.Writer;
        writer.Write($"const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};");
        if (group.IsSplit)
        {
            writer.Write($"ref {Number} others = ref Unsafe.Add(ref lanes, {group.Blocks * Layer.SlotRow});");
            using (writer.Open("if (turn == 0)"))
            {
                WriteProduct(group, 0);
                WriteProduct(group, 1);
            }

            using (writer.Open("else"))
            {
                WriteProduct(group, 1);
                WriteProduct(group, 0);
            }
        }
        else
        {
            WriteProduct(group, 0);
        }

        writer.Line();
        WriteEquations(context, group.Blocks, group.IsSplit);
    }

    /// <summary>Writes the equations of some blocks of one row, from <c>lanes</c>, with per-unit parameters from <c>w</c> and the buffers from <c>arena</c>.</summary>
    /// <param name="isSplit">Whether a lane is the sum of two, the second from <c>others</c>.</param>
    public static void WriteEquations(KernelContext context, int blocks, bool isSplit)
    {
        LayerPlan layer = context.Layer;
        using (context.Writer.OpenRange("int", "block", 0, blocks))
        using (context.Writer.Open($"for (int unit = 0; unit < {layer.Block}; unit += {context.VectorLength})"))
        {
            new PointwiseEmitter(context, layer.Program.Inference, layer.FusedWidth, isInference: true).WriteBody("_b", Load, Address);
        }

        string Load(Place place) => place.Kind switch
        {
            PlaceKind.Lane when isSplit => $"{Lane("lanes", place)} + {Lane("others", place)}",
            PlaceKind.Lane => Lane("lanes", place),
            PlaceKind.Vector => $"{context.Vectors}.LoadUnsafe(ref w, (nuint)(block * {layer.PackBlock} + {layer.BiasOffset(place.Index)} + unit))",
            PlaceKind.PreviousState => $"{context.Vectors}.LoadUnsafe({Address(place)})",
            _ => throw Choices.Unimplemented(place.Kind),
        };

        string Lane(string lanes, Place place) => $"{context.Vectors}.LoadUnsafe(ref {lanes}, (nuint)(block * {layer.SlotRow} + {place.Index * layer.Block} + unit))";

        string Address(Place place) => $"ref arena, (nuint)({place.Parameter} + block * {layer.Block} + unit)";
    }

    private void WriteProduct(StreamedGroup group, int range)
    {
        using (context.Writer.Open(""))
        {
            context.Writer.Write($"ref {Number} o = ref {(range == 0 ? "lanes" : "others")};");
            products.WriteRow(Layer.ForwardProduct(group.Blocks, Layer.Program.InferencePhases[0].Products, group.Ranges[range]));
        }
    }
}
