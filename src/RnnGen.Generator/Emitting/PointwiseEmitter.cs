using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes an element-wise program over the rows and vectors of one block, with the equations' names.</summary>
internal sealed class PointwiseEmitter
{
    // Values within each other in one expression.
    private const int DeepestExpression = 24;

    private readonly KernelContext _context;
    private readonly PointwiseProgram _program;
    private readonly Dictionary<int, string> _names = [];
    private readonly HashSet<int> _inlined = [];
    private readonly int _size;
    private readonly bool _isFast;
    private string _suffix = "";

    /// <param name="width">The width of the program's values.</param>
    /// <param name="isInference">Whether the program only predicts, so that the layer's accuracy applies.</param>
    public PointwiseEmitter(KernelContext context, PointwiseProgram program, string width, bool isInference)
    {
        _context = context;
        _program = program;
        _size = context.Layer.SizeOf(width);
        _isFast = isInference && context.Layer.Shape.IsFast;
        Dictionary<int, Place> stored = [];
        foreach (PointwiseAccess store in program.Stores)
        {
            stored[store.Node] = stored.TryGetValue(store.Node, out Place? first) ? first : store.Place;
        }

        LocalNames names = new(PointwiseProgram.Places(context.Layer.States, context.Layer.Program.Made.Count).Select(p => $"{p.Parameter}Rows"));
        foreach (PointwiseAccess load in program.Loads)
        {
            _names[load.Node] = names.Claim(LoadName(load), load.Node);
        }

        foreach (int step in program.Steps)
        {
            string name = Graph[step].Name.Length > 0 ? Identifier(Graph[step].Name) : (stored.TryGetValue(step, out Place? place) ? StoredName(step, place) : null) ?? $"v{step}";
            _names[step] = names.Claim(name, step);
        }

        Inline(stored);
    }

    // Unnamed values that are used once are written where they are used, as far as an expression stays readable.
    private void Inline(Dictionary<int, Place> stored)
    {
        HashSet<int> loaded = [.. _program.Loads.Select(l => l.Node)];
        Dictionary<int, int> uses = [], depths = [];
        foreach (int operand in _program.Steps.SelectMany(s => Graph[s].Operands))
        {
            uses[operand] = uses.TryGetValue(operand, out int others) ? others + 1 : 1;
        }

        foreach (int step in _program.Steps)
        {
            int depth = 1 + Graph[step].Operands.Max(o => depths.TryGetValue(o, out int of) ? of : 0);
            if (Graph[step].Name.Length == 0 && uses.TryGetValue(step, out int count) && count == 1 && !stored.ContainsKey(step) && !loaded.Contains(step) && depth <= DeepestExpression)
            {
                _inlined.Add(step);
                depths[step] = depth;
            }
        }
    }

    private StepGraph Graph => _context.Layer.Graph;

    /// <summary>
    /// Writes <c>static void name(ref slot, ref each buffer, first, last)</c>: a loop over the rows of one block for each stage;
    /// in a cell with means <c>name(ref slots, blockStride, …)</c>, over the rows and their blocks.
    /// </summary>
    public static void Write(KernelContext context, CellPhase phase, string name, bool isInference)
    {
        SourceWriter writer = context.Writer;
        PointwiseProgram program = phase.Program;
        string number = context.Number;
        bool hasMeans = context.Layer.Program.HasMeans;
        List<string> rows = hasMeans ? [$"ref {number} slots", "int blockStride"] : [$"ref {number} slot"];
        if (program.ReadsVectors)
        {
            rows.Add($"ref {number} {(hasMeans ? "weights" : "panels")}");
        }

        if (program.AddsGradients)
        {
            rows.Add($"ref {number} {(hasMeans ? "sums" : "gradients")}");
        }

        bool goesBack = context.Layer.Scans && context.Layer.Program.BackwardPhases.Contains(phase);
        string range = goesBack ? ScanEmitter.StepsBack : context.Layer.Scans ? ScanEmitter.RowsInOrder : "int first, int last";
        string parameters = SourceWriter.Join([.. rows, .. program.Buffers(context.Layer.States, context.Layer.Program.Made.Count).Select(b => $"ref {number} {b.Parameter}Rows"), range]);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"private static void {name}({parameters})"))
        {
            IReadOnlyList<PointwiseProgram> stages = context.Layer.Scans ? program.StagesOverSteps(context.Layer.Graph) : program.Stages(context.Layer.Graph);
            for (int i = 0; i < stages.Count; i++)
            {
                if (i > 0)
                {
                    writer.Line();
                }

                PointwiseEmitter stage = new(context, stages[i], phase.Width, isInference);
                if (hasMeans)
                {
                    stage.WriteRowsAndBlocks();
                }
                else if (goesBack)
                {
                    stage.WriteStepsBack();
                }
                else
                {
                    stage.WriteRows();
                }
            }
        }
    }

    // Rows of several steps follow each other in the order of time.
    private void WriteRows()
    {
        using (_context.Writer.Open(_context.Layer.Scans ? ScanEmitter.InOrder : "for (int row = first; row < last; row++)"))
        {
            _context.Writer.Write($"""
                ref {_context.Number} lanes = ref Unsafe.Add(ref slot, row * {_context.Layer.SlotRow});
                int start = row * {_context.Layer.RowOf(_size)};
                """);
            WriteUnits("");
        }
    }

    // Against the order of time; what a row's state carries back has one place for all steps.
    private void WriteStepsBack()
    {
        SourceWriter writer = _context.Writer;
        int width = _context.Layer.RowOf(_size);
        using (writer.Open("for (int left = steps; left > 0; left--)"))
        {
            writer.Write("int step = descends ? steps - left : left - 1, rows = Unsafe.Add(ref live, step);");
            using (writer.Open("for (int row = 0; row < rows; row++)"))
            {
                writer.Write($"""
                    ref {_context.Number} lanes = ref Unsafe.Add(ref slot, (step * stepRows + row) * {_context.Layer.SlotRow});
                    int start = (step * stepRows + row) * {width}, carried = row * {width};
                    """);
                WriteUnits("");
            }
        }
    }

    private void WriteRowsAndBlocks()
    {
        SourceWriter writer = _context.Writer;
        LayerPlan layer = _context.Layer;
        using (writer.Open("for (int row = first; row < last; row++)"))
        {
            WriteNumbers(_context);
            using (writer.OpenRange("int", "block", 0, layer.BlocksOf(_size)))
            {
                WriteBlock(_context, _program, _size);
                WriteUnits("");
            }
        }
    }

    // What all units of a row share.
    private static void WriteNumbers(KernelContext context) => context.Writer.Write(
        $"ref {context.Number} numbers = ref Unsafe.Add(ref slots, row * {context.Layer.SlotRow} + {context.Layer.NumbersOffset});");

    // One row of a block's slot, its weights and gradients.
    private static void WriteBlock(KernelContext context, PointwiseProgram program, int size)
    {
        SourceWriter writer = context.Writer;
        LayerPlan layer = context.Layer;
        writer.Write($"ref {context.Number} lanes = ref Unsafe.Add(ref slots, row * {layer.SlotRow} + block * blockStride);");
        writer.Write($"int start = row * {layer.RowOf(size)} + block * {layer.Block};");
        if (program.ReadsVectors)
        {
            writer.Write($"ref {context.Number} panels = ref Unsafe.Add(ref weights, block * {layer.PackBlock});");
        }

        if (program.AddsGradients)
        {
            writer.Write($"ref {context.Number} gradients = ref Unsafe.Add(ref sums, block * {layer.PackBlock});");
        }
    }

    /// <summary>Writes a loop over all blocks of one row that predicts, for each stage; the lanes stand at <c>slots</c>, a slot a block.</summary>
    public static void WriteBlocks(KernelContext context, CellPhase phase)
    {
        if (context.Layer.Program.HasMeans)
        {
            context.Writer.Write($"ref {context.Number} numbers = ref Unsafe.Add(ref arena, slots + {context.Layer.NumbersOffset});");
        }

        foreach (PointwiseProgram stage in phase.Program.Stages(context.Layer.Graph))
        {
            context.Writer.Line();
            using (context.Writer.Open($"for (int block = 0; block < {context.Layer.BlocksOf(context.Layer.SizeOf(phase.Width))}; block++)"))
            {
                context.Writer.Write($"""
                    ref {context.Number} lanes = ref Unsafe.Add(ref arena, slots + block * {context.Layer.SlotRow});
                    int start = block * {context.Layer.Block};
                    """);
                if (stage.ReadsVectors)
                {
                    context.Writer.Write($"ref {context.Number} panels = ref Unsafe.Add(ref weights, block * {context.Layer.PackBlock});");
                }

                new PointwiseEmitter(context, stage, phase.Width, isInference: true).WriteUnits("_b");
            }
        }
    }

    private void WriteUnits(string suffix)
    {
        int length = _context.VectorsOf(_context.Layer.LiveVectors(_size)) * _context.VectorLength;
        using (_context.Writer.Open($"for (int unit = 0; unit < {length}; unit += {_context.VectorLength})"))
        {
            WriteBody(suffix, Load, Address);
        }
    }

    private string Load(Place place) => place.Kind == PlaceKind.Mean
        ? $"{_context.Vectors}.Create(Unsafe.Add(ref numbers, {place.Index}))"
        : $"{_context.Vectors}.LoadUnsafe({Address(place)})";

    /// <summary>Writes <c>static void name(ref slots, blockStride, …, first, last)</c>: for each row its means over the units, and what is made of them alone.</summary>
    public static void WriteMeans(KernelContext context, CellPhase phase, string name)
    {
        SourceWriter writer = context.Writer;
        LayerPlan layer = context.Layer;
        string number = context.Number;
        int size = layer.SizeOf(phase.Width), blocks = layer.BlocksOf(size), tailUnits = layer.TailUnits(size);
        int whole = tailUnits == layer.Block ? blocks : blocks - 1, fullUnits = tailUnits / context.VectorLength * context.VectorLength;
        PointwiseEmitter sums = new(context, phase.Means, phase.Width, isInference: false);
        string parameters = SourceWriter.Join(
            [$"ref {number} slots", "int blockStride", .. phase.Means.ReadsVectors ? [$"ref {number} weights"] : Array.Empty<string>(), .. phase.Means.Buffers(layer.States, layer.Program.Made.Count).Select(b => $"ref {number} {b.Parameter}Rows"), "int first", "int last"]);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"private static void {name}({parameters})"))
        using (writer.Open("for (int row = first; row < last; row++)"))
        {
            WriteNumbers(context);
            foreach (PointwiseAccess sum in phase.Means.Stores)
            {
                writer.Write($"{context.Vector} sum{sum.Place.Index} = {context.Vector}.Zero;");
            }

            if (whole > 0 && phase.Means.Stores.Count > 0)
            {
                using (writer.Open($"for (int block = 0; block < {whole}; block++)"))
                {
                    WriteBlock(context, phase.Means, size);
                    using (writer.Open($"for (int unit = 0; unit < {layer.Block}; unit += {context.VectorLength})"))
                    {
                        sums.WriteSums(null);
                    }
                }
            }

            // The units beyond the layer's are left out.
            if (whole < blocks && phase.Means.Stores.Count > 0)
            {
                using (writer.Open(""))
                {
                    writer.Write($"const int block = {whole};");
                    WriteBlock(context, phase.Means, size);
                    if (fullUnits > 0)
                    {
                        using (writer.Open($"for (int unit = 0; unit < {fullUnits}; unit += {context.VectorLength})"))
                        {
                            sums.WriteSums(null);
                        }
                    }

                    if (fullUnits < tailUnits)
                    {
                        using (writer.Open(""))
                        {
                            writer.Write($"const int unit = {fullUnits};");
                            sums.WriteSums(tailUnits - fullUnits);
                        }
                    }
                }
            }

            foreach (PointwiseAccess sum in phase.Means.Stores)
            {
                writer.Write($"{context.Vector} sum{sum.Place.Index}Mean = {context.Vectors}.Create({context.Vectors}.Sum(sum{sum.Place.Index}) / {size});");
            }

            List<Place> made = phase.Means.Stores.Concat(phase.Uniform.Stores).Select(s => s.Place).ToList();
            new PointwiseEmitter(context, phase.Uniform, phase.Width, isInference: false).WriteBody(
                "_ofRow",
                place => made.Contains(place) ? $"sum{place.Index}Mean"
                    : place.Kind == PlaceKind.Mean ? $"{context.Vectors}.Create(Unsafe.Add(ref numbers, {place.Index}))"
                    : throw new InvalidOperationException($"{place} is no number that all units of a row share."),
                _ => "",
                (place, value) => $"{context.Vector} sum{place.Index}Mean = {value};");
            foreach (Place place in made)
            {
                writer.Write($"Unsafe.Add(ref numbers, {place.Index}) = sum{place.Index}Mean.ToScalar();");
            }
        }
    }

    // Adds the program's values to their sums; only a part of the vector, where it goes beyond the layer's units.
    private void WriteSums(int? live) => WriteBody(
        "", Load, _ => "", (place, value) => live is null ? $"sum{place.Index} += {value};" : $"sum{place.Index} += VectorMath.First({Unwrap(value)}, {live});");

    /// <summary>Writes the program's statements.</summary>
    /// <param name="suffix">Ends the names of values, where the program is written more than once.</param>
    /// <param name="load">The expression that reads a place.</param>
    /// <param name="address">The arguments by which a place is written.</param>
    /// <param name="store">The statement that writes a value to a place, where that is no plain store.</param>
    public void WriteBody(string suffix, Func<Place, string> load, Func<Place, string> address, Func<Place, string, string>? store = null)
    {
        foreach ((PointwiseStatement statement, string text) in Statements(suffix, load, address, store))
        {
            _context.Writer.Write(text);
        }
    }

    /// <summary>
    /// The program's statements with their levels, for writing several programs in turns: all of a level come before those of the next. A value's level is given; what is
    /// loaded has that of the first value that is computed from it, and what is stored comes after all that was to be loaded before.
    /// </summary>
    /// <param name="levels">The levels of values.</param>
    /// <inheritdoc cref="WriteBody"/>
    public IReadOnlyList<(int Level, string Text)> Lines(
        IReadOnlyDictionary<int, int> levels, string suffix, Func<Place, string> load, Func<Place, string> address, Func<Place, string, string>? store = null)
    {
        List<(PointwiseStatement Statement, string Text)> statements = Statements(suffix, load, address, store).ToList();
        List<(int Level, string Text)> lines = [];
        int loaded = 0;
        for (int i = 0; i < statements.Count; i++)
        {
            (PointwiseStatement statement, string text) = statements[i];
            int level = statement.Kind switch
            {
                PointwiseStatementKind.Load => FirstUse(levels, statement.Node),
                PointwiseStatementKind.Compute => levels[statement.Node],
                PointwiseStatementKind.Store => Math.Max(loaded, levels[statement.Node]),
                _ => throw Choices.Unimplemented(statement.Kind),
            };
            loaded = statement.Kind == PointwiseStatementKind.Load ? Math.Max(loaded, level) : loaded;
            lines.Add((level, text));
        }

        return lines;
    }

    /// <summary>Writes the lines of several programs level by level.</summary>
    public static void WriteLevels(SourceWriter writer, IEnumerable<(int Level, string Text)> lines)
    {
        bool isFirst = true;
        foreach (IGrouping<int, (int Level, string Text)> level in lines.GroupBy(l => l.Level).OrderBy(g => g.Key))
        {
            if (!isFirst)
            {
                writer.Line();
            }

            isFirst = false;
            foreach ((_, string text) in level)
            {
                writer.Write(text);
            }
        }
    }

    // The level of the first value that is computed from a loaded one; of one that is only stored it is the first.
    private int FirstUse(IReadOnlyDictionary<int, int> levels, int node) =>
        _program.Steps.Where(s => Graph[s].Operands.Contains(node)).Select(s => levels[s]).DefaultIfEmpty(0).Min();

    // Each statement's text; values that are written where they are used have none.
    private IEnumerable<(PointwiseStatement Statement, string Text)> Statements(string suffix, Func<Place, string> load, Func<Place, string> address, Func<Place, string, string>? store)
    {
        _suffix = suffix;
        foreach (PointwiseStatement statement in _program.Order(Graph).Where(s => s.Kind != PointwiseStatementKind.Compute || !_inlined.Contains(s.Node)))
        {
            yield return (statement, statement.Kind switch
            {
                PointwiseStatementKind.Load => $"{_context.Vector} {NameOf(statement.Node)} = {load(statement.Place!)};",
                PointwiseStatementKind.Compute => $"{_context.Vector} {NameOf(statement.Node)} = {Unwrap(Text(statement.Node))};",
                PointwiseStatementKind.Store => store?.Invoke(statement.Place!, Operand(statement.Node))
                    ?? Store(Operand(statement.Node), address(statement.Place!), statement.Place!.Kind == PlaceKind.VectorGradient),
                _ => throw Choices.Unimplemented(statement.Kind),
            });
        }
    }

    private string Store(string value, string address, bool isAdded) => isAdded
        ? $"({_context.Vectors}.LoadUnsafe({address}) + {value}).StoreUnsafe({address});"
        : $"{value}.StoreUnsafe({address});";

    private string Address(Place place) => place.Kind is PlaceKind.Vector or PlaceKind.VectorGradient
        ? $"ref {(place.Kind == PlaceKind.Vector ? "panels" : "gradients")}, (nuint)(unit + {_context.Layer.BiasOffset(place.Index)})"
        : place.Kind == PlaceKind.Lane
        ? $"ref lanes, (nuint)({(place.Index == 0 ? "unit" : $"unit + {place.Index * _context.Layer.Block}")})"
        : $"ref {place.Parameter}Rows, (nuint)({(place.Kind == PlaceKind.Carry && _context.Layer.Scans ? "carried" : "start")} + unit)";

    private string NameOf(int id) => _names[id] + _suffix;

    private string Operand(int id) => Graph[id].Kind == NodeKind.Constant
        ? Constant(Graph[id].Value)
        : _inlined.Contains(id) ? Text(id) : NameOf(id);

    private string Text(int id)
    {
        string text = _isFast ? Graph[id].Function!.FastText : Graph[id].Function!.Text;
        return string.Format(
            CultureInfo.InvariantCulture,
            text,
            Graph[id].Operands.Select(o => text.Contains("VectorMath") ? (object)Unwrap(Operand(o)) : Operand(o)).ToArray());
    }

    private static string Unwrap(string text)
    {
        if (text.Length == 0 || text[0] != '(' || text[text.Length - 1] != ')')
        {
            return text;
        }

        int depth = 0;
        for (int i = 0; i < text.Length - 1; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return text;
            }
        }

        return text.Substring(1, text.Length - 2);
    }

    private string Constant(double value) => value switch
    {
        1 => $"{_context.Vector}.One",
        0 => $"{_context.Vector}.Zero",
        _ => $"{_context.Vectors}.Create({Scalar.Literal(value, _context.Layer.Shape.Precision)})",
    };

    // Values go by their names in the equations; tanh(c') that was kept is tanh_cNext, a pre-activation a_i.
    private string LoadName(PointwiseAccess load)
    {
        Node node = Graph[load.Node];
        return load.Place.Kind switch
        {
            PlaceKind.Lane or PlaceKind.Mean when node.Name.Length > 0 => Identifier(node.Name),
            PlaceKind.Mean => KeptName(node),
            PlaceKind.Lane => _context.Layer.Program.PreActivations.ToList().IndexOf(load.Node) is >= 0 and var lane ? $"a{_context.Layer.LaneName(lane)}" : KeptName(node),
            PlaceKind.PreviousState => node.Name,
            PlaceKind.NextState => $"{load.Place.State}Next",
            PlaceKind.Output => Identifier(node.Name),
            PlaceKind.OutputAdjoint => "dOutput",
            PlaceKind.Vector => node.Name,
            PlaceKind.Made => node.Name.Length > 0 ? Identifier(node.Name) : load.Place.State,
            PlaceKind.MadeAdjoint => $"d{load.Place.State}",
            PlaceKind.Carry => $"d{load.Place.State}Next",
            _ => throw Choices.Unimplemented(load.Place.Kind),
        };
    }

    private string KeptName(Node node) => node.Operands.Count == 1 && Graph[node.Operands[0]].Name.Length > 0 && node.Function != Function.InverseSqrt
        ? $"{node.Function?.Name ?? "mean"}_{Identifier(Graph[node.Operands[0]].Name)}"
        : $"v{node.Id}";

    // What the reverse program gives: da_i is the adjoint of gate i's pre-activation, dhPrevious goes to the step before.
    private string? StoredName(int step, Place stored) => stored switch
    {
        { Kind: PlaceKind.Lane } lane when lane.Index >= _context.Layer.Lanes || _context.Layer.Program.BackwardPhases.All(p => !ReferenceEquals(_program, p.Program)) => KeptName(Graph[step]),
        { Kind: PlaceKind.Lane } lane => $"da{_context.Layer.LaneName(lane.Index)}",
        { Kind: PlaceKind.VectorGradient } gradient => $"d{_context.Layer.LaneName(gradient.Index).Substring(1)}",
        { Kind: PlaceKind.Carry } carry => $"d{carry.State}Previous",
        null or { Kind: PlaceKind.Mean or PlaceKind.NextState or PlaceKind.Output or PlaceKind.Made } => null,
        { Kind: var kind } => throw Choices.Unimplemented(kind),
    };

    private static string Identifier(string name) =>
        name.EndsWith("'", StringComparison.Ordinal) ? name.Substring(0, name.Length - 1) + "Next" : name;
}
