using System.Reflection;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Parsing;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>Stacks of layers: shipped cells, each with what its attribute has of its own, a user's cells, dense layers, layers that are ops.</summary>
internal sealed class RandomLayers(Draw draw)
{
    /// <summary>Around the vectors of each width: whole ones, fewer units, one more.</summary>
    public static readonly int[] Sizes = [1, 2, 3, 5, 8, 12, 16, 17];

    /// <summary>The attributes of recurrent cells that ship.</summary>
    private static readonly Type[] Shipped = [.. typeof(RecurrentLayerAttribute).Assembly.GetExportedTypes()
        .Where(type => type.IsSubclassOf(typeof(RecurrentLayerAttribute)) && !type.IsGenericTypeDefinition).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>The layers that are ops.</summary>
    private static readonly string[] Ops = [.. DeclaredOps.All.Select(op => op.Name)];

    private static readonly Type[] Usual = [typeof(RnnAttribute), typeof(LstmAttribute), typeof(GruAttribute)];

    // How often a layer of this model is frozen: never, now and then, all of them.
    private readonly int _frozen = draw.Pick(0, 0, 6, 2, 1);
    private readonly List<(string Declaration, RandomCell Cell)> _own = [];

    /// <summary>The classes with equations that the layers name.</summary>
    public IReadOnlyList<string> Cells => [.. _own.Select(own => own.Declaration)];

    /// <summary>A stack of layers, of which one at least is recurrent.</summary>
    /// <param name="tokens">Tokens of the embedding that it begins with; 0 for none.</param>
    /// <param name="looksBack">Whether layers may read in both directions.</param>
    /// <param name="tied">Whether the output layer's weights are the embedding.</param>
    public List<string> Stack(int tokens, bool looksBack, bool tied)
    {
        List<string> lines = [];
        int width = 0, tableSize = draw.Pick(Sizes);
        if (tokens > 0)
        {
            lines.Add("Embedding" + new DrawnArguments(draw)
                .Positional(draw.Size(tokens)).Positional(draw.Size(tableSize))
                .Flag(!tied && IsFrozen(), "Frozen")
                .Any<Initializer>(draw.Chance(3), "Initializer")
                .Share(draw.Absurd(5), "Dropout")
                .Flag(draw.Absurd(10), "Residual"));
        }

        int count = draw.Between(1, 3), recurrent = draw.Between(0, count - 1);
        for (int i = 0; i < count; i++)
        {
            (string line, width) = i != recurrent && draw.Chance(4) ? Convolution(width, looksBack)
                : i != recurrent && draw.Chance(3) ? Dense(width)
                : i > 0 && i != recurrent && draw.Chance(4) ? Op(width)
                : Recurrent(width, looksBack);
            lines.Add(line);
        }

        if (tied && width != tableSize)
        {
            lines.Add($"Dense({Draw.Text(tableSize)})");
        }

        return lines;
    }

    /// <summary>A decoder's stack: one of its own, or the encoder's again, whose final states it starts from.</summary>
    public List<string> DecoderStack(int tokens, IReadOnlyList<string> encoder, bool tied)
    {
        List<string> stack = Stack(tokens, looksBack: draw.Absurd(6), tied);
        string[] same = [.. encoder.Where(line => IsRecurrent(line) && !line.Contains("Bidirectional", StringComparison.Ordinal) && !line.Contains("Residual", StringComparison.Ordinal))];
        if (same.Length > 0 && !tied && draw.Chance(2))
        {
            stack.RemoveAll(line => !line.StartsWith("Embedding", StringComparison.Ordinal));
            stack.AddRange(same);
        }

        return stack;
    }

    public string Dense() => Dense(0).Line;

    private (string Line, int Width) Dense(int before)
    {
        int size = before > 0 && draw.Chance(3) ? before : draw.Pick(Sizes);
        DrawnArguments arguments = new DrawnArguments(draw)
            .Positional((draw.Chance(8) ? "size: " : "") + draw.Size(size))
            .Any<Activation>(draw.Chance(2), "Activation");
        return ("Dense" + Common(arguments, isFit: before == size), size);
    }

    private (string Line, int Width) Convolution(int before, bool looksBack)
    {
        int size = before > 0 && draw.Chance(3) ? before : draw.Pick(Sizes);
        DrawnArguments arguments = new DrawnArguments(draw)
            .Positional((draw.Chance(8) ? "filters: " : "") + draw.Size(size))
            .Positional((draw.Chance(8) ? "kernel: " : "") + draw.Size(draw.Pick(1, 2, 2, 3)))
            .Size(draw.Chance(4), "Dilation", draw.Pick(1, 2))
            .Add(looksBack && draw.Chance(3), "Causal", draw.Pick("false", "true"))
            .Any<Activation>(draw.Chance(2), "Activation");
        return ("Conv1D" + Common(arguments, isFit: before == size), size);
    }

    private (string Line, int Width) Op(int before)
    {
        string op = draw.Pick(Ops);
        DrawnArguments arguments = new(draw);
        foreach (DeclaredNumber number in DeclaredOps.Find(op)!.Numbers)
        {
            arguments = arguments.Add(draw.Chance(3), number.Property, draw.Pick("1e-3", "0.25", "1e-12", draw.Absurd(2) ? "0" : "1"));
        }

        return (op + Common(arguments, isFit: before > 0, isDrawn: draw.Absurd(8)), before);
    }

    private (string Line, int Width) Recurrent(int before, bool looksBack)
    {
        int size = before > 0 && draw.Chance(2) ? before : draw.Pick(Sizes);
        bool both = looksBack && draw.Chance(2);
        size = both && size % 2 == 0 ? size / 2 : size;
        DrawnArguments arguments = new DrawnArguments(draw)
            .Positional((draw.Chance(8) ? "hiddenSize: " : "") + draw.Size(size))
            .Flag(both, "Bidirectional");
        (string name, int width, CellSource cell) = draw.Chance(3) ? Own(arguments, size)
            : CellThatShips(arguments, size, before, draw.Chance(3) ? draw.Pick(Usual) : draw.Pick(Shipped));
        bool dropsStates = draw.Absurd(8) || CellLimits.Problem(cell) is not null || CellReader.MultipliesState(cell, Model.Activation.Tanh);
        arguments = dropsStates ? arguments.Share(draw.Chance(4), "RecurrentDropout") : arguments.Add(draw.Chance(4), "RecurrentDropout", draw.Number(0));
        width *= both ? 2 : 1;
        return (draw.Pick("", "", "", "global::RnnGen.") + name + Common(arguments, isFit: before == width), width);
    }

    /// <summary>What every layer has.</summary>
    /// <param name="isDrawn">Whether its weights are drawn; a normalisation's are not.</param>
    private DrawnArguments Common(DrawnArguments arguments, bool isFit, bool isDrawn = true) => Unless(isDrawn, arguments
        .Flag(isFit && draw.Chance(2) || draw.Absurd(10), "Residual")
        .Flag(IsFrozen(), "Frozen")
        .Share(draw.Chance(5), "Dropout"));

    private DrawnArguments Unless(bool isDrawn, DrawnArguments arguments) => isDrawn
        ? arguments.Any<Initializer>(draw.Chance(5), "Initializer")
        : arguments.Choice(draw.Chance(5), "Initializer", Initializer.Default);

    private bool IsFrozen() => _frozen > 0 && draw.Chance(_frozen);

    // What an attribute has of its own are hyper-parameters, widths, and an activation.
    private (string Name, int Width, CellSource Cell) CellThatShips(DrawnArguments arguments, int size, int before, Type attribute)
    {
        int width = size;
        foreach (PropertyInfo property in attribute.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite))
        {
            bool isWidth = property.PropertyType == typeof(int);
            width = !isWidth ? width : before > 0 && draw.Chance(2) ? before : draw.Pick(Sizes);
            arguments.Add(isWidth || draw.Chance(2), property.Name, isWidth ? draw.Size(width)
                : property.PropertyType == typeof(double) ? draw.Number(draw.Pick(0.25, 0.5, 1))
                : property.PropertyType == typeof(Activation) ? "Activation." + (draw.Absurd(3) ? draw.Pick("Sigmoid", "Identity") : draw.Pick("Tanh", "Relu"))
                : throw new InvalidOperationException($"How is {property.Name} of {attribute.Name} drawn?"));
        }

        return (attribute.Name[..^"Attribute".Length], width, CellLibrary.FileOf(attribute.Name)!);
    }

    private (string Name, int Width, CellSource Cell) Own(DrawnArguments arguments, int size)
    {
        if (_own.Count == 0 || _own.Count < 2 && draw.Chance(2))
        {
            RandomCell written = new(draw);
            _own.Add(($"/// <summary>Documented.</summary>\n[Cell(\"\"\"\n    {written.Text.Replace("\n", "\n    ", StringComparison.Ordinal)}\n    \"\"\")]\npublic sealed class Cell{Draw.Text(_own.Count)} : ICell;\n", written));
        }

        int index = draw.Between(0, _own.Count - 1);
        RandomCell cell = _own[index].Cell;
        arguments.Any<Activation>(cell.HasActivation ? draw.Chance(2) : draw.Absurd(4), "Activation");
        IReadOnlyDictionary<string, string> numbers = cell.Numbers();
        arguments.Add(numbers.Count > 0 || draw.Absurd(8), "Numbers", draw.Absurd(8) ? draw.Pick("\"k\"", "\"k = x\"", "\"zz = 1\"", "\"P = 0.5\"", "\"P = -1\"", "null") : $"\"{string.Join(", ", numbers.Select(n => $"{n.Key} = {n.Value}"))}\"");
        return ($"Recurrent<Cell{Draw.Text(index)}>", cell.OutputWidth(numbers, size), new CellSource("Cell", cell.Text, EquatableArray<CellNumber>.Empty));
    }

    private static bool IsRecurrent(string line) => !((string[])["RnnModel", "Embedding", "Dense", "Conv1D", "Decoder", "System", .. Ops]).Any(name => line.StartsWith(name, StringComparison.Ordinal));
}
