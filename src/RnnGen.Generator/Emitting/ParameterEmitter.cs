using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes how parameters are drawn, packed for the kernels, and their gradients taken out of the packs.</summary>
internal static class ParameterEmitter
{
    public static void Write(ModelContext context)
    {
        WriteInitialize(context);
        context.Writer.Line();
        WritePack(context);
        if (context.Plan.PacksToPredict)
        {
            WritePackToPredict(context);
        }

        context.Writer.Line();
        WriteTakeGradients(context);
    }

    private static void WriteInitialize(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Write("// Draws all parameters; each tensor has random numbers of its own.");
        using (writer.Open($"private static void RnnInitialize({ModelContext.Sys}Span<{number}> parameters, int seed)"))
        {
            int index = 0;
            foreach (PlannedTable table in context.Plan.Tables)
            {
                writer.Write($"{Draw(table == context.Plan.TiedTable && table.Table.Initializer == Initializer.Default ? table.Table with { Initializer = Initializer.Uniform } : table.Table, table.Tensor, index++)}; // {table.Tensor.Name}");
            }

            foreach (PlannedLayer layer in context.Plan.Layers)
            {
                foreach (PlannedTensor tensor in layer.Tensors.Where(t => !t.IsTied))
                {
                    string slice = $"parameters.Slice({tensor.Offset}, {tensor.Length})";
                    writer.Write($"{Draw(layer, tensor, slice, index++)}; // {tensor.Name}");
                    foreach (KeyValuePair<string, double> start in layer.Initializer == Initializer.Uniform ? [] : tensor.Tensor.Starts.ToList())
                    {
                        int block = start.Key.Length == 0 ? 0 : tensor.Tensor.BlockOf(start.Key);
                        int blockLength = layer.Plan.SizeOf(tensor.Tensor.Width) * tensor.Columns, length = (start.Key.Length == 0 ? tensor.Tensor.BlockCount : 1) * blockLength;
                        string value = Math.Abs(start.Value) < 100 && start.Value == Math.Floor(start.Value) ? start.Value.ToString(CultureInfo.InvariantCulture) : Scalar.Literal(start.Value, context.Model.Precision);
                        writer.Write($"parameters.Slice({tensor.Offset + block * blockLength}, {length}).Fill({value}); // {tensor.Tensor.Symbol}{(start.Key.Length == 0 ? "" : "_" + start.Key)}");
                    }
                }
            }

            foreach (PlannedTensor vector in context.Plan.Vectors.Select(v => v.Tensor))
            {
                // The vector of an additive score is a matrix of one row.
                string slice = $"parameters.Slice({vector.Offset}, {vector.Length})";
                string drawn = vector.Kind switch
                {
                    "InputWeight" => $"{ModelContext.Runtime}.Initialization.Glorot({slice}, 1, 1, {vector.Length}, seed, {index++})",
                    "Gain" => $"{slice}.Fill(1)",
                    "Bias" or "InitialState" => $"{slice}.Clear()",
                    _ => throw new InvalidOperationException($"The vector {vector.Name} has no start."),
                };
                writer.Write($"{drawn}; // {vector.Name}");
            }
        }
    }

    private static string Draw(PlannedLayer layer, PlannedTensor tensor, string slice, int index)
    {
        bool isRecurrent = tensor.Kind == "RecurrentWeight";
        string blocks = $"{slice}, {tensor.Tensor.BlockCount * tensor.Heads}, {layer.Plan.SizeOf(tensor.Tensor.Width) / tensor.Heads}, {tensor.Columns}";
        ConvolutionSpecification? windows = layer.Declared!.Convolution;
        string uniform = string.Format(CultureInfo.InvariantCulture, "Uniform({0}, {1:R}, seed, {2})",
            slice, 1 / Math.Sqrt(layer.Plan.Definition.IsRecurrent ? layer.Plan.Size : layer.Plan.InputSize), index);
        if (layer.Initializer != Initializer.Uniform && tensor.Tensor.Kind != CellTensorKind.Weight)
        {
            return $"{slice}.Clear()";
        }

        return $"{ModelContext.Runtime}.Initialization." + (layer.Initializer, tensor.Tensor.Kind) switch
        {
            (Initializer.Uniform, _) => uniform,
            (Initializer.Orthogonal, _) => $"Orthogonal({blocks}, seed, {index})",
            (Initializer.Identity, _) when windows is not null => $"Identity({slice}, {tensor.Shape[0]}, {tensor.Shape[1]}, {windows.Kernel}, {windows.Back / windows.Dilation})",
            (Initializer.Default or Initializer.Glorot, _) when windows is not null => string.Format(CultureInfo.InvariantCulture, "Uniform({0}, {1:R}, seed, {2})", slice, Math.Sqrt(6 / ((double)windows.Kernel * (tensor.Shape[0] + tensor.Shape[1]))), index),
            (Initializer.Identity, _) when isRecurrent || !layer.Plan.Definition.IsRecurrent => $"Identity({blocks})",
            (Initializer.Default, _) when isRecurrent => $"Orthogonal({blocks}, seed, {index})",
            (Initializer.Default or Initializer.Glorot or Initializer.Identity, _) => $"Glorot({blocks}, seed, {index})",
            _ => throw Choices.Unimplemented(layer.Initializer),
        };
    }

    private static string Draw(EmbeddingSpecification embedding, PlannedTensor table, int index)
    {
        string slice = $"parameters.Slice({table.Offset}, {table.Length})";
        string blocks = $"{slice}, 1, {embedding.VocabularySize}, {embedding.Size}";
        return $"{ModelContext.Runtime}.Initialization." + embedding.Initializer switch
        {
            Initializer.Glorot => $"Glorot({blocks}, seed, {index})",
            Initializer.Orthogonal => $"Orthogonal({blocks}, seed, {index})",
            Initializer.Identity => $"Identity({blocks})",
            Initializer.Uniform => string.Format(CultureInfo.InvariantCulture, "Uniform({0}, {1:R}, seed, {2})", slice, 1 / Math.Sqrt(embedding.Size), index),
            Initializer.Default => $"Normal({slice}, seed, {index})",
            _ => throw Choices.Unimplemented(embedding.Initializer),
        };
    }

    private static void WritePack(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Write("""
            // Puts the rows of matrices that are in a range of parameters into the packs that the kernels read: per layer a forward pack, and a
            // reverse pack for each source that a gradient flows to.
            """);
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnPack(ref {number} p, ref {number} packs, int first, int last)"))
        {
            foreach (PlannedLayer layer in context.Plan.Layers)
            {
                writer.Write($"// {layer.Name}");
                foreach (string call in layer.Tensors.Where(t => t.Matrix is not null).Select(t => LayOut(layer, t)).Concat(MatrixCalls(layer).Select(c => $"Packing.{c}")))
                {
                    writer.Write($"{ModelContext.Runtime}.{call}");
                }
            }
        }

        writer.Line();
        writer.Write("// Puts everything else into the packs that training reads: biases, of which two may be one sum there, and vectors.");
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnPackRest(ref {number} p, ref {number} packs)"))
        {
            foreach (string call in context.Plan.Layers.SelectMany(RestCalls))
            {
                writer.Write($"{ModelContext.Runtime}.Packing.{call}");
            }

            foreach (PlannedVector vector in context.Plan.Vectors)
            {
                writer.Write($"{ModelContext.Runtime}.Rows.Copy(ref p, {vector.Tensor.Offset}, {vector.Length}, {vector.Length}, ref packs, {vector.Pack}, 0, 0, 1); // {vector.Tensor.Name}");
            }
        }
    }

    // What training does not read is packed where a prediction needs it.
    private static void WritePackToPredict(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Line();
        writer.Write("// Puts into the packs what predictions and streams read apart.");
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnPackToPredict(ref {number} p, ref {number} packs)"))
        {
            foreach (PlannedLayer layer in context.Plan.Layers)
            {
                IEnumerable<string> tail = layer.TailPack is { } pack ? TailCalls(layer, layer.Plan.Tail!, pack) : [];
                foreach (string call in tail.Select(c => $"Packing.{c}").Concat(ReducedPackCalls(layer)))
                {
                    writer.Write($"{ModelContext.Runtime}.{call}");
                }
            }
        }
    }

    // The pack that predictions read, where its weights take fewer bits.
    private static IEnumerable<string> ReducedPackCalls(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        if (plan.Reduced is not { } reduced)
        {
            yield break;
        }

        for (int lane = 0; lane < plan.Lanes; lane++)
        {
            IReadOnlyList<BlockReference> biases = Biases(plan, lane);
            if (biases.Count > 0)
            {
                yield return $"Packing.Bias(ref p, {Offset(layer, biases[0])}, {Offset(layer, biases[biases.Count - 1])}, {plan.PanelSize(lane)}, ref packs, {layer.ReducedPack + plan.BiasOffset(lane)}, {reduced.BlockLength}); // {string.Join(" + ", biases)}";
            }

            foreach (ProductSource source in plan.Sources.Where(s => plan.Feeds(s, lane)))
            {
                yield return $"ReducedPacking.To{reduced.Format}({Packed(layer, plan.WeightsOf(lane, source)[0]).Weight}, {plan.PanelSize(lane)}, {source.Columns}, ref packs, {layer.ReducedPack + reduced.WordOffset(lane, source)}, {plan.ColumnStep(source)}, {reduced.BlockLength}); // {plan.WeightsOf(lane, source)[0]}, to predict";
            }
        }
    }

    // The matrix of which packs are made, where it is laid out in another way than the parameter.
    private static string LayOut(PlannedLayer layer, PlannedTensor tensor) => tensor.Heads == 1
        ? $"Convolution.OrderWeight(ref p, {tensor.Offset}, {string.Join(", ", tensor.Shape)}, ref packs, {tensor.Matrix}, first, last); // {tensor.Name}, a step after the other"
        : $"BlockDiagonal.Expand(ref p, {tensor.Offset}, {tensor.Shape[0]}, {layer.Plan.Size}, {tensor.Heads}, ref packs, {tensor.Matrix}, first, last); // {tensor.Name}, with what is zero";

    // Where packs are made of a weight, and the range of it.
    private static (string Weight, string Range) Packed(PlannedLayer layer, BlockReference weight)
    {
        PlannedTensor tensor = TensorOf(layer, weight);
        int offset = Offset(layer, weight);
        if (tensor.Matrix is null)
        {
            return ($"ref p, {offset}", "first, last");
        }

        int matrix = MatrixOffset(layer, weight), shift = matrix - offset;
        string At(string end) => tensor.Heads > 1 ? $"{matrix} + {tensor.Heads} * {ModelContext.Sys}Math.Clamp({end} - {offset}, 0, {layer.Plan.Size * tensor.Columns})" : shift < 0 ? $"{end} - {-shift}" : $"{end} + {shift}";
        return ($"ref packs, {matrix}", $"{At("first")}, {At("last")}");
    }

    private static IEnumerable<string> MatrixCalls(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        for (int lane = 0; lane < plan.Panels; lane++)
        {
            foreach (ProductSource source in plan.Sources.Where(s => plan.Feeds(s, lane)))
            {
                (string weight, string range) = Packed(layer, plan.WeightsOf(lane, source)[0]);
                yield return $"Weight({weight}, {plan.PanelSize(lane)}, {source.Columns}, ref packs, {layer.Pack + plan.WeightOffset(lane, source)}, {plan.ColumnStep(source)}, {plan.PackBlock}, {range}); // {plan.WeightsOf(lane, source)[0]}";
            }
        }

        foreach (ProductSource source in plan.ReverseSources)
        {
            int square = plan.Block * plan.Block;
            foreach (ReverseGroup group in plan.ReverseGroups(source))
            {
                for (int i = 0; i < group.Lanes.Count; i++)
                {
                    BlockReference weight = plan.WeightsOf(group.Lanes[i], source)[0];
                    (string from, string range) = Packed(layer, weight);
                    yield return $"Reverse({from}, {group.Size}, {source.Columns}, ref packs, {layer.ReversePacks[source.Name] + group.Offset + i * square}, {group.Lanes.Count * square}, {plan.ReversePanel(source)}, {range}); // {weight}, for ∂L/∂{source.Name}";
                }
            }
        }
    }

    private static IEnumerable<string> RestCalls(PlannedLayer layer)
    {
        LayerPlan plan = layer.Plan;
        for (int lane = 0; lane < plan.Panels; lane++)
        {
            IReadOnlyList<BlockReference> biases = Biases(plan, lane);
            if (biases.Count > 0)
            {
                yield return $"Bias(ref p, {Offset(layer, biases[0])}, {Offset(layer, biases[biases.Count - 1])}, {plan.PanelSize(lane)}, ref packs, {layer.Pack + plan.BiasOffset(lane)}, {plan.PackBlock}); // {string.Join(" + ", biases)}";
            }
        }
    }

    // The last units once more, as a stream reads them.
    private static IEnumerable<string> TailCalls(PlannedLayer layer, SharedTail tail, int pack)
    {
        LayerPlan plan = layer.Plan;
        for (int lane = 0; lane < plan.Lanes; lane++)
        {
            int offset = pack + tail.LaneOffset(lane);
            IReadOnlyList<BlockReference> biases = Biases(plan, lane);
            if (biases.Count > 0)
            {
                yield return $"TailBias(ref p, {Offset(layer, biases[0]) + tail.FirstUnit}, {Offset(layer, biases[biases.Count - 1]) + tail.FirstUnit}, {tail.Units}, ref packs, {offset}); // {string.Join(" + ", biases)}, the last units";
            }

            foreach (ProductSource source in plan.Sources.Where(s => plan.Feeds(s, lane)))
            {
                BlockReference weight = plan.WeightsOf(lane, source)[0];
                string from = $"ref {(TensorOf(layer, weight).Matrix is null ? "p" : "packs")}, {MatrixOffset(layer, weight) + tail.FirstUnit * source.Columns}";
                yield return $"TailWeight({from}, {tail.Units}, {source.Columns}, ref packs, {offset + tail.RowOf(source)}, {tail.Row}); // {weight}";
            }
        }
    }

    private static void WriteTakeGradients(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Write("// Takes the gradients of a range of parameters out of the packs in which they were summed, in the parameters' layout.");
        writer.Write(ModelContext.Optimized);
        using (writer.Open($"private static void RnnTakeGradients(ref {number} sums, ref {number} g, int first, int last)"))
        {
            foreach (PlannedLayer layer in context.Plan.Layers.Where(l => !l.IsFrozen))
            {
                LayerPlan plan = layer.Plan;
                writer.Write($"// {layer.Name}");
                HashSet<BlockReference> taken = [];
                for (int lane = 0; lane < plan.Panels; lane++)
                {
                    int pack = context.Plan.Training.WeightGradients[layer.Index].Offset;
                    foreach (BlockReference bias in Biases(plan, lane))
                    {
                        writer.Write($"{ModelContext.Runtime}.Packing.{(taken.Add(bias) ? "Take" : "Add")}Bias(ref sums, {pack + plan.BiasOffset(lane)}, {plan.PackBlock}, {plan.PanelSize(lane)}, ref g, {Offset(layer, bias)}, first, last); // {bias}");
                    }

                    foreach (ProductSource source in plan.Sources.Where(s => plan.Feeds(s, lane)))
                    {
                        BlockReference weight = plan.WeightsOf(lane, source)[0];
                        bool adds = layer.Tensors.Any(t => t.IsTied) || !taken.Add(weight);
                        writer.Write($"{ModelContext.Runtime}.{TakeWeight(layer, weight, $"{pack + plan.WeightOffset(lane, source)}, {plan.ColumnStep(source)}, {plan.PackBlock}", adds)}, first, last); // {(TensorOf(layer, weight) is { Shape.Count: > 2 } windows ? windows.Name : weight)}");
                    }
                }
            }

            foreach (PlannedVectorGradient gradient in context.Plan.Training.VectorGradients)
            {
                PlannedTensor tensor = gradient.Vector.Tensor;
                writer.Write($"{ModelContext.Runtime}.Packing.TakeVector(ref sums, {gradient.Sum.Offset}, {tensor.Length}, ref g, {tensor.Offset}, first, last); // {tensor.Name}");
            }
        }
    }

    // How the gradient of a weight is taken out of the panels of a lane, or added to what another has taken.
    private static string TakeWeight(PlannedLayer layer, BlockReference weight, string panels, bool adds)
    {
        PlannedTensor tensor = TensorOf(layer, weight);
        return tensor.Heads > 1 ? $"BlockDiagonal.TakeWeight(ref sums, new({panels}), {layer.Plan.Size}, {tensor.Heads}, ref g, {Offset(layer, weight)}, adds: {(adds ? "true" : "false")}"
            : tensor.Matrix is not null ? $"Convolution.TakeWeight(ref sums, new({panels}), {string.Join(", ", tensor.Shape)}, ref g, {tensor.Offset}"
            : $"Packing.{(adds ? "Add" : "Take")}Weight(ref sums, {panels}, {layer.Plan.SizeOf(tensor.Tensor.Width)}, {tensor.Columns}, ref g, {Offset(layer, weight)}";
    }

    // What stands in front of a panel: biases, or a per-unit parameter.
    private static IReadOnlyList<BlockReference> Biases(LayerPlan plan, int lane) => lane < plan.Lanes
        ? plan.Graph[plan.Program.PreActivations[lane]].Biases
        : [plan.Graph[plan.Program.Vectors[lane - plan.Lanes]].Vector!];

    private static PlannedTensor TensorOf(PlannedLayer layer, BlockReference block) => layer.Tensors.First(t => t.Tensor.Symbol == block.Tensor.Symbol);

    private static int Offset(PlannedLayer layer, BlockReference block)
    {
        PlannedTensor tensor = TensorOf(layer, block);
        return tensor.Offset + block.Block * layer.Plan.SizeOf(block.Tensor.Width) * tensor.Columns;
    }

    // Where the matrix is that packs are made of.
    private static int MatrixOffset(PlannedLayer layer, BlockReference block)
    {
        PlannedTensor tensor = TensorOf(layer, block);
        return tensor.Matrix is { } matrix ? matrix + (Offset(layer, block) - tensor.Offset) * tensor.Heads : Offset(layer, block);
    }
}
