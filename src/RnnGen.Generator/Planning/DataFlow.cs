using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning;

/// <summary>The units of a model in the order of the data flow, with the places of their parameters.</summary>
/// <param name="Tables">The tables that tokens are looked up in.</param>
/// <param name="Vectors">Parameters that stand in no layer's packs.</param>
/// <param name="ParameterCount">All parameters, those of the tables before them too.</param>
/// <param name="PackLength">Length of the packed weights of all layers.</param>
internal sealed record DataFlow(IReadOnlyList<PlannedTable> Tables, IReadOnlyList<PlannedUnit> Units, IReadOnlyList<PlannedVector> Vectors, long ParameterCount, long PackLength)
{
    /// <summary>All parameter tensors, in the order of the flat buffer; a tied one is its table.</summary>
    public IReadOnlyList<PlannedTensor> Tensors => Tables.Select(t => t.Tensor)
        .Concat(Units.OfType<PlannedLayer>().SelectMany(l => l.Tensors).Where(t => !t.IsTied))
        .Concat(Vectors.Select(v => v.Tensor))
        .OrderBy(t => t.Offset)
        .ToList();

    /// <summary>The unit whose values are the outputs.</summary>
    public static PlannedUnit OutputsOf(IReadOnlyList<PlannedUnit> units) => units.OfType<Op>().Single(o => o.GoesToTheCaller);

    /// <summary>The unit that the loss reads, which is the last one: the outputs, or what these are predicted of.</summary>
    public static PlannedUnit ReadByLossOf(IReadOnlyList<PlannedUnit> units) => units[units.Count - 1].Sources[0];

    /// <summary>Values of the largest layer's forward pack.</summary>
    public long LargestPack => Units.OfType<PlannedLayer>().Max(l => l.Plan.PackLength);

    /// <summary>The declared layers that the output depends on.</summary>
    public IEnumerable<LayerSpecification> ReadLayers()
    {
        HashSet<PlannedUnit> read = [Units[Units.Count - 1]];
        foreach (PlannedUnit unit in Units.Reverse().Where(read.Contains))
        {
            read.UnionWith(unit.Reads);
        }

        return read.Select(u => u.Declared).OfType<LayerSpecification>();
    }

    /// <summary>The parameters of a declared layer, in both directions; with null those of what follows from the others, such as the output layer and attention.</summary>
    /// <param name="declared">The declared layers.</param>
    public long ParametersOf(LayerSpecification? layer, IReadOnlyCollection<LayerSpecification> declared) => Units
        .Where(u => layer is null ? !declared.Any(d => ReferenceEquals(d, u.Declared)) : ReferenceEquals(layer, u.Declared))
        .Sum(u => u.Parameters);

    /// <param name="tables">The tables that stand before the layers' parameters.</param>
    public static DataFlow Plan(ModelSpecification model, IReadOnlyList<PlannedTable> tables)
    {
        FlowBuilder flow = UnitPlanner.Plan(model, tables);
        return new DataFlow(tables, flow.Units, flow.Vectors, flow.ParameterCount, flow.PackLength);
    }
}
