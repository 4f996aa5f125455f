using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// The pack that predictions read where weights take fewer bits than floats, in words of 32 bits. It has the form of the forward pack: for each block [panel][16] of biases, then for each source
/// [word][lane][16] of weights, where a word holds a unit's weights of two columns as bfloat16, or of four as int8. In front of a source's int8 words stand, for each lane, what its integer sums
/// start from, and the scales of its units' rows.
/// </summary>
internal sealed class ReducedPack
{
    private readonly LayerPlan _layer;
    private readonly int[] _sourceOffsets;
    private readonly HashSet<int> _bounded;

    private ReducedPack(LayerPlan layer)
    {
        _layer = layer;
        Format = layer.Shape.PredictionWeights;
        BoundedValues values = BoundedValues.Of(layer.Program.Cell);
        _bounded = [.. layer.Sources.Where(s => values.Contains(s.Node)).Select(s => s.Index)];
        _sourceOffsets = new int[layer.Sources.Count + 1];
        _sourceOffsets[0] = layer.Lanes * layer.Block;
        foreach (ProductSource source in layer.Sources)
        {
            _sourceOffsets[source.Index + 1] = _sourceOffsets[source.Index] + (HeaderRows + WordsOf(source)) * layer.ColumnStep(source);
        }
    }

    /// <summary>A layer's; null where it predicts with floats.</summary>
    public static ReducedPack? Of(LayerPlan layer) => layer.Shape.PredictionWeights switch
    {
        WeightFormat.Float => null,
        WeightFormat.BFloat16 or WeightFormat.Int8 => new ReducedPack(layer),
        _ => throw Choices.Unimplemented(layer.Shape.PredictionWeights),
    };

    public WeightFormat Format { get; }

    /// <summary>Whether products read integers, into which each row of a source is turned first.</summary>
    public bool ReadsCodes => Format == WeightFormat.Int8;

    /// <summary>The sources whose rows are turned into integers.</summary>
    public IReadOnlyList<ProductSource> CodedSources => ReadsCodes ? _layer.Sources : [];

    /// <summary>Columns whose weights share a word.</summary>
    public int ColumnsPerWord => ReadsCodes ? 4 : 2;

    /// <summary>Rows of 16 for each lane in front of a source's words: where sums start, and scales.</summary>
    public int HeaderRows => ReadsCodes ? 2 : 0;

    /// <summary>Words of a source, for each unit.</summary>
    public int WordsOf(ProductSource source) => (source.Columns + ColumnsPerWord - 1) / ColumnsPerWord;

    /// <summary>Whether the source's values always lie within ±1, so that all of its steps have the same scale.</summary>
    public bool IsBounded(ProductSource source) => _bounded.Contains(source.Index);

    /// <summary>Width of a row of a source's integers in the arena: four to a number, and the row's scale.</summary>
    public int CodeRow(ProductSource source) => _layer.RowOf(WordsOf(source) + 1);

    /// <summary>Offset of a lane's first word of a source within its block.</summary>
    public int WordOffset(int lane, ProductSource source) =>
        _sourceOffsets[source.Index] + HeaderRows * _layer.ColumnStep(source) + _layer.LanesOf(source).TakeWhile(l => l != lane).Count() * _layer.Block;

    /// <summary>Length of one block.</summary>
    public int BlockLength => _sourceOffsets[_layer.Sources.Count];

    public long Length => (long)_layer.Blocks * BlockLength;

    /// <summary>Bytes that the units have of it besides biases: words, where sums start, and scales.</summary>
    public long WeightBytes => Enumerable.Range(0, _layer.Lanes).Sum(lane => _layer.Sources
        .Where(s => _layer.Feeds(s, lane))
        .Sum(s => (long)sizeof(int) * _layer.PanelSize(lane) * (HeaderRows + WordsOf(s))));

    /// <summary>Blocks that one sequence computes together: as many as keep the multipliers busy, with vectors of 512 bits and, for integers, of 256.</summary>
    public int Group => Math.Min(Math.Max(1, 8 / _layer.Lanes), _layer.Blocks);

    /// <summary>Whether one sequence reads the weights from the first group to the last and then back, so that a step finds in the cache what the step before has left there.</summary>
    public bool TakesTurns => _layer.Program.IsFused && _layer.Blocks > Group;

    /// <summary>The products of some lanes over blocks that are computed together.</summary>
    public PanelProduct Product(int blocks, IReadOnlyList<int> lanes)
    {
        List<Panel> panels = [];
        for (int block = 0; block < blocks; block++)
        {
            foreach (int lane in lanes)
            {
                panels.Add(new Panel(
                    block * BlockLength + _layer.BiasOffset(lane),
                    block,
                    lane * _layer.Block,
                    _layer.Sources.Select(s => _layer.Feeds(s, lane) ? WordOffset(lane, s) - _layer.BiasOffset(lane) : (int?)null).ToEquatableArray()));
            }
        }

        IReadOnlyList<ProductSegment> segments = _layer.Sources
            .Select(s => new ProductSegment(s.Name, _layer.ColumnStep(s), 0, [new SegmentRun(0, WordsOf(s))], []))
            .ToList();
        return new PanelProduct(panels, segments, ProductStart.Bias, _layer.LiveVectors(_layer.PanelSize(lanes[0])), _layer.Block);
    }
}
