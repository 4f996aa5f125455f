using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning;

/// <summary>The units of a model in the order of the data flow, with the places of their parameters.</summary>
/// <param name="Vectors">Parameters that stand in no layer's packs.</param>
/// <param name="PackLength">Length of the packed weights of all layers.</param>
internal sealed record DataFlow(IReadOnlyList<PlannedUnit> Units, IReadOnlyList<PlannedVector> Vectors, int PackLength)
{
    /// <summary>Values of the largest layer's forward pack.</summary>
    public long LargestPack => Units.OfType<PlannedLayer>().Max(l => (long)l.Plan.PackLength);

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

    /// <param name="tables">The tables that stand before the layers' parameters.</param>
    public static DataFlow Plan(ModelSpecification model, IReadOnlyList<PlannedTable> tables)
    {
        UnitPlanner units = new(model, tables.Sum(t => t.Tensor.Length), model.TiedEmbedding ? tables[tables.Count - 1].Tensor : null);
        return new DataFlow(units.Units, units.Vectors, units.PackLength);
    }
}
