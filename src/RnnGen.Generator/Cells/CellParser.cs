using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells;

/// <summary>
/// Reads equations in the notation of the papers, where a matrix next to a value is their product, and what little is to be
/// declared about them: the grammar stands in <c>docs/cells.md</c>.
/// </summary>
internal sealed class CellParser
{
    // The parameters that need no declaration, with PyTorch's names.
    private static readonly (CellTensorKind Kind, string Symbol, string TensorName)[] s_usual =
    [
        (CellTensorKind.Weight, "W", "weight_ih"), (CellTensorKind.Weight, "U", "weight_hh"), (CellTensorKind.Bias, "b", "bias_ih"), (CellTensorKind.Bias, "d", "bias_hh"),
    ];

    private readonly string _text;
    private readonly List<CellMistake> _mistakes = [];
    private readonly HashSet<string> _doubtful = [];
    private readonly List<CellState> _states = [];
    private readonly List<CellTensor> _tensors = [];
    private readonly Dictionary<string, CellToken> _declared = [];
    private readonly Dictionary<string, double> _numbers = [];
    private readonly NumberRanges _ranges = new();
    private readonly Dictionary<string, int> _widths = [];
    private readonly List<CellToken> _namedWidths = [];
    private readonly List<CellToken> _unused = [];
    private readonly List<IReadOnlyList<CellToken>> _equationLines = [];
    private readonly List<IReadOnlyList<CellToken>> _startLines = [];
    private readonly Dictionary<string, CellToken> _given = [];
    private string _name;
    private CellToken? _output, _cell, _headsLine;
    private int? _heads;

    private CellParser(string text, string name) => (_text, _name) = (text, name);

    /// <param name="text">The equations.</param>
    /// <param name="name">The cell's name where the text has none.</param>
    /// <param name="numbers">Hyper-parameters and widths in place of those in the text.</param>
    /// <exception cref="CellFormatException">The text is not well-formed; it has every mistake that does not follow from another.</exception>
    public static CellDefinition Parse(string text, string name = "Cell", EquatableArray<CellNumber>? numbers = null) =>
        new CellParser(text, name).Parse(numbers ?? EquatableArray<CellNumber>.Empty);

    private CellDefinition Parse(EquatableArray<CellNumber> numbers)
    {
        foreach (IReadOnlyList<CellToken> line in CellTokens.Lines(_text))
        {
            if (line.Count == 3 && line[0].Text == CellNames.Heads && line[1].Text == "=" && !line[2].IsName)
            {
                Try(() => ParseHeads(line[0], line[2]), []);
            }
            else if (line.Count > 1 && line[1].Text == "=")
            {
                _equationLines.Add(line);
            }
            else if (line[0].Text == "start")
            {
                _startLines.Add(line);
            }
            else
            {
                Try(() => ParseDeclaration(new CellLine(line, 0)), line.Skip(1));
            }
        }

        foreach (CellNumber number in numbers)
        {
            Replace(number);
        }

        foreach (IReadOnlyList<CellToken> line in _equationLines)
        {
            Try(() => Give(line[0]), [line[0], line[0] with { Text = CellScope.GateOf(line[0]) }]);
        }

        Try(CheckWidths, []);
        AddUsual();
        StackGates();
        foreach (IReadOnlyList<CellToken> line in _startLines)
        {
            Try(() => ParseStart(new CellLine(line, 1)), []);
        }

        CellScope scope = new(_tensors, _numbers, _given);
        scope.Known.UnionWith(_states.Select(s => s.Name).Concat(_numbers.Keys).Append("x"));
        List<CellEquation> equations = [];
        foreach (IReadOnlyList<CellToken> line in _equationLines)
        {
            // A consequence of a mistake in a declaration is not a mistake of its own.
            if (!line.Skip(2).Any(IsDoubtful))
            {
                Try(() => equations.Add(new EquationParser(_text, line, scope).Parse()), []);
            }

            scope.Known.Add(line[0].Text);
        }

        CheckStates();
        string output = "";
        Try(() => output = FindOutput(), []);
        if (_mistakes.Count == 0)
        {
            CheckUse(scope, output);
            CheckHeads(equations);
        }

        return _mistakes.Count == 0
            ? new CellDefinition(_name, CodeNames.OfStates(_states), _tensors, equations, output, [.. _numbers.Select(n => new CellNumber(n.Key, n.Value))], _widths, scope.CallsActivation) { Heads = _heads }
            : throw new CellFormatException([.. _mistakes.OrderBy(m => m.Start)]);
    }

    // A part that may go wrong; what it was to say of the names in it is not known then.
    private void Try(Action part, IEnumerable<CellToken> names)
    {
        try
        {
            part();
        }
        catch (CellFormatException found)
        {
            _mistakes.AddRange(found.Mistakes);
            _doubtful.UnionWith(names.Where(n => n.IsName && n.Text != "x").Select(n => n.Text));
        }
    }

    private bool IsDoubtful(CellToken token) => _doubtful.Contains(token.Text) || _doubtful.Contains(CellScope.Split(token.Text).Symbol);

    // A hyper-parameter that the layer sets.
    private void Replace(CellNumber number)
    {
        if (number.Name == CellNames.Heads && _heads is not null)
        {
            _heads = HeadsOf(number.Value) ?? throw new CellFormatException(CellProblem.Syntax, 0, 0, HeadsAreWhole);
            return;
        }

        if (_widths.ContainsKey(number.Name))
        {
            _widths[number.Name] = number.Value is >= 1 and <= Limits.Size && number.Value == Math.Floor(number.Value) ? (int)number.Value
                : throw new CellFormatException(CellProblem.Syntax, 0, 0, $"the width {number.Name} is a whole number from 1 to {Limits.Size}");
            return;
        }

        if (_ranges.Problem(number.Name, [number.Value]) is { } problem)
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, problem);
        }

        string declaration = number.Name == CellNames.Heads ? "heads = …" : $"number {number.Name} = …";
        _numbers[number.Name] = _numbers.ContainsKey(number.Name) ? number.Value
            : throw new CellFormatException(CellProblem.UnknownName, 0, 0, $"the layer sets '{number.Name}', but no line says '{declaration}'");
    }

    // ---- Declarations ----

    private void ParseDeclaration(CellLine line)
    {
        CellToken first = line.Next();
        switch (first.Text)
        {
            case "cell": _cell = Once(_cell, line.NextName(), "the cell's name"); _name = _cell.Value.Text; break;
            case "output": _output = Once(_output, line.NextName(), "the output"); break;
            case "state": ParseList(line, ParseState); break;
            case "weight": ParseList(line, l => ParseTensor(l, CellTensorKind.Weight)); break;
            case "bias": ParseList(line, l => ParseTensor(l, CellTensorKind.Bias)); break;
            case "vector": ParseList(line, l => ParseTensor(l, CellTensorKind.Vector)); break;
            case "number": ParseList(line, ParseNumber); break;
            case "width": ParseList(line, ParseWidth); break;
            default:
                throw CellLine.Error(CellProblem.Syntax, first, $"'{first.Text}' starts neither an equation (name = …) nor a declaration (state, weight, bias, vector, number, width, start, output)");
        }

        line.ExpectEnd();
    }

    private static CellToken Once(CellToken? before, CellToken name, string what) =>
        before is null ? name : throw CellLine.Error(CellProblem.Name, name, $"{what} is defined twice; keep one of the lines");

    private static void ParseList(CellLine line, Action<CellLine> parseItem)
    {
        parseItem(line);
        while (line.Accept(","))
        {
            parseItem(line);
        }
    }

    private void ParseState(CellLine line)
    {
        CellToken name = line.NextName();
        AddState(name, ParseWidthOf(line) ?? "H");
    }

    private void AddState(CellToken name, string width)
    {
        CheckName(name);
        Declare(name);
        _states.Add(new CellState(name.Text, width));
    }

    // [P] behind a name; H, the layer's size, where there is none.
    private string? ParseWidthOf(CellLine line)
    {
        if (!line.Accept("["))
        {
            return null;
        }

        CellToken width = line.NextName();
        line.Expect("]");
        if (width.Text != "H")
        {
            _namedWidths.Add(width);
        }

        return width.Text;
    }

    private void ParseWidth(CellLine line)
    {
        CellToken name = line.NextName();
        if (!char.IsUpper(name.Text[0]) || name.Text is "H" or CellNames.InputWidth || name.Text.Contains('_') || name.Text.Contains('\''))
        {
            throw CellLine.Error(CellProblem.Name, name, name.Text switch
            {
                "H" => "H is the layer's size",
                CellNames.InputWidth => "I is the width of the layer's input",
                _ => $"'{name.Text}': the name of a width begins with a capital letter, and has no '_' and no prime",
            });
        }

        Declare(name);
        line.Expect("=");
        CellToken value = line.Next();
        _widths[name.Text] = CellLine.ReadNumber(value) is >= 1 and <= Limits.Size and double number && number == Math.Floor(number) ? (int)number
            : throw CellLine.Error(CellProblem.Syntax, value, $"a width is a whole number from 1 to {Limits.Size}");
    }

    // heads = 4
    private void ParseHeads(CellToken name, CellToken value)
    {
        _headsLine = Once(_headsLine, name, "the number of heads");
        _heads = HeadsOf(CellLine.ReadNumber(value)) ?? throw CellLine.Error(CellProblem.Syntax, value, HeadsAreWhole);
    }

    private static int? HeadsOf(double number) => number is >= 1 and <= Limits.Size && number == Math.Floor(number) ? (int)number : null;

    private static string HeadsAreWhole => $"heads is a whole number from 1 to {Limits.Size}, which divides the layer's size";

    private void CheckWidths()
    {
        List<CellMistake> unknown = [.. _namedWidths.Where(w => !_widths.ContainsKey(w.Text) && !_doubtful.Contains(w.Text))
            .Select(w => new CellMistake(CellProblem.UnknownName, w.Start, w.Length, $"'{w.Text}' is not a width; declare it: width {w.Text} = 32"))];
        if (unknown.Count > 0)
        {
            throw new CellFormatException(unknown);
        }
    }

    private void ParseTensor(CellLine line, CellTensorKind kind)
    {
        CellToken symbol = line.NextName();
        bool isUpper = char.IsUpper(symbol.Text[0]);
        if (symbol.Text.Contains('_') || symbol.Text.Contains('\''))
        {
            throw CellLine.Error(CellProblem.Name, symbol, $"what follows '_' names the equation whose part of '{symbol.Text.Split('_')[0]}' is meant; declare '{symbol.Text.Split('_', '\'')[0]}'");
        }

        if (isUpper != (kind == CellTensorKind.Weight))
        {
            throw CellLine.Error(CellProblem.Name, symbol, kind == CellTensorKind.Weight
                ? $"'{symbol.Text}' is a matrix, so its name begins with a capital letter"
                : $"'{symbol.Text}' has one value per unit, so its name begins with a small letter");
        }

        Declare(symbol);
        string? width = ParseWidthOf(line);
        string name = line.Accept("=") ? line.NextName().Text : symbol.Text;
        if (_tensors.Any(t => t.TensorName == name))
        {
            throw CellLine.Error(CellProblem.Name, symbol, $"another parameter has the name '{name}' in files");
        }

        _tensors.Add(new CellTensor(kind, symbol.Text, name, width ?? "H", [], new Dictionary<string, double>()));
    }

    private void ParseNumber(CellLine line)
    {
        CellToken name = line.NextName();
        CheckName(name);
        Declare(name);
        line.Expect("=");
        CellToken value = line.Following();
        _numbers[name.Text] = line.ReadSigned();
        _ranges.Read(name.Text, line);
        if (_ranges.Problem(name.Text, [_numbers[name.Text]]) is { } problem)
        {
            throw CellLine.Error(CellProblem.Syntax, value, problem);
        }
    }

    private static void CheckName(CellToken name)
    {
        if (name.Text == "x" || char.IsUpper(name.Text[0]) || name.Text.Contains('\''))
        {
            throw CellLine.Error(CellProblem.Name, name, name.Text == "x" ? "x is the step's input" : $"'{name.Text}': the name of a state or a number begins with a small letter and has no prime");
        }
    }

    private void Declare(CellToken name)
    {
        if (_declared.ContainsKey(name.Text) || name.Text == "x")
        {
            throw CellLine.Error(CellProblem.Name, name, $"'{name.Text}' is already in use");
        }

        _declared.Add(name.Text, name);
    }

    private void ParseStart(CellLine line)
    {
        CellToken name = line.NextName();
        (string symbol, string? gate) = CellScope.Split(name.Text);
        int index = _tensors.FindIndex(t => t.Symbol == symbol);
        if (index < 0)
        {
            if (IsDoubtful(name))
            {
                return;
            }

            throw CellLine.Error(CellProblem.UnknownName, name, $"'start' takes a parameter, which '{name.Text}' is not");
        }

        if (gate is not null && _tensors[index].Gates.Count > 0 && !_tensors[index].Gates.Contains(gate))
        {
            throw CellLine.Error(CellProblem.UnknownName, name, $"the equation for '{gate}' does not use '{symbol}'");
        }

        line.Expect("=");
        Dictionary<string, double> starts = _tensors[index].Starts.ToDictionary(s => s.Key, s => s.Value);
        string block = _tensors[index].Gates.Count == 0 ? "" : gate ?? "";
        if (starts.ContainsKey(block))
        {
            throw CellLine.Error(CellProblem.Name, name, $"the start of '{name.Text}' is given twice; keep one of the lines");
        }

        starts[block] = line.ReadSigned();
        line.ExpectEnd();
        _tensors[index] = _tensors[index] with { Starts = starts };
    }

    // ---- What equations give and use ----

    // A name on the left: a value of the step, or with a prime a state's next one, which makes it a state.
    private void Give(CellToken name)
    {
        if (!name.IsName || char.IsUpper(name.Text[0]))
        {
            throw CellLine.Error(CellProblem.Name, name, name.IsName ? $"'{name.Text}' is a value, so its name begins with a small letter" : $"expected a name, found '{name.Text}'");
        }

        string plain = name.Text.TrimEnd('\'');
        bool isNext = plain.Length < name.Text.Length;
        if (_given.ContainsKey(name.Text))
        {
            throw CellLine.Error(CellProblem.Name, name, $"'{name.Text}' is defined twice; a name has one meaning");
        }

        if (plain.Contains('\'') || name.Text.Length > plain.Length + 1)
        {
            throw CellLine.Error(CellProblem.Name, name, $"'{name.Text}': a prime comes once, at the end, and marks a state's next value");
        }

        if (!isNext && (name.Text == "x" || _declared.ContainsKey(name.Text)))
        {
            throw CellLine.Error(CellProblem.Name, name, _states.Any(s => s.Name == name.Text) ? $"'{name.Text}' is a state; its next value is {name.Text}'" : $"'{name.Text}' is already in use");
        }

        if (isNext && _states.All(s => s.Name != plain))
        {
            if (_given.ContainsKey(plain))
            {
                throw CellLine.Error(CellProblem.Name, name, $"'{plain}' is a value of the step, not a state");
            }

            AddState(name with { Text = plain }, "H");
        }

        _given.Add(name.Text, name);
    }

    // W, U, b and d need no declaration, unless they mean something else. h is the first state.
    private void AddUsual()
    {
        int position = 0;
        foreach ((CellTensorKind kind, string symbol, string tensorName) in s_usual)
        {
            if (_declared.ContainsKey(symbol) || _given.ContainsKey(symbol) || _tensors.Any(t => t.TensorName == tensorName))
            {
                continue;
            }

            _tensors.Insert(position++, new CellTensor(kind, symbol, tensorName, "H", [], new Dictionary<string, double>()));
        }

        List<CellTensor> ordered = _tensors.OrderBy(t => t.Kind).ToList();
        _tensors.Clear();
        _tensors.AddRange(ordered);
        if (_states.FindIndex(s => s.Name == "h") is > 0 and var at && !IsListed("h"))
        {
            CellState h = _states[at];
            _states.RemoveAt(at);
            _states.Insert(0, h);
        }
    }

    // Whether a 'state' line sets the order.
    private bool IsListed(string state) => !_given.TryGetValue(state + "'", out CellToken given) || given.Start != _declared[state].Start;

    // The blocks of each parameter, in the order in which equations use them; those that none uses go.
    private void StackGates()
    {
        Dictionary<string, List<string>> gates = [];
        foreach (IReadOnlyList<CellToken> line in _equationLines)
        {
            string own = CellScope.GateOf(line[0]);
            foreach (CellToken token in line.Skip(2).Where(t => t.IsName && !_given.ContainsKey(t.Text)))
            {
                (string symbol, string? suffix) = CellScope.Split(token.Text);
                if (_tensors.Any(t => t.Symbol == symbol))
                {
                    if (!gates.TryGetValue(symbol, out List<string>? list))
                    {
                        gates[symbol] = list = [];
                    }

                    if (!list.Contains(suffix ?? own))
                    {
                        list.Add(suffix ?? own);
                    }
                }
            }
        }

        for (int i = _tensors.Count - 1; i >= 0; i--)
        {
            CellTensor tensor = _tensors[i];
            if (gates.TryGetValue(tensor.Symbol, out List<string>? list))
            {
                _tensors[i] = tensor with { Gates = list.Count == 1 ? [] : list };
            }
            else if (_declared.TryGetValue(tensor.Symbol, out CellToken declaration))
            {
                _unused.Add(declaration);
            }

            if (!gates.ContainsKey(tensor.Symbol))
            {
                _tensors.RemoveAt(i);
            }
        }
    }

    // ---- What must hold of the whole ----

    private void CheckStates()
    {
        foreach (CellState state in _states.Where(s => !_given.ContainsKey(s.Name + "'") && !_doubtful.Contains(s.Name)))
        {
            Note(CellProblem.NoNextValue, _declared[state.Name], $"no equation defines {state.Name}', the next value of the state {state.Name}");
        }

        if (_equationLines.Count == 0 && _mistakes.Count == 0)
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, "there is no equation; a cell has one for each value of its step, such as h' = tanh(W x + U h + b)");
        }
    }

    private string FindOutput()
    {
        if (_output is { } output)
        {
            return _given.ContainsKey(output.Text) || IsDoubtful(output) ? output.Text : throw CellLine.Error(CellProblem.UnknownName, output, $"no equation defines the output {output.Text}");
        }

        return _given.ContainsKey("h'") || _equationLines.Count == 0 ? "h'" : _equationLines[_equationLines.Count - 1][0].Text;
    }

    private void CheckUse(CellScope scope, string output)
    {
        foreach (CellToken tensor in _unused)
        {
            Note(CellProblem.Unused, tensor, $"no equation uses '{tensor.Text}'");
        }

        foreach (KeyValuePair<string, CellToken> value in _given)
        {
            if (!value.Key.EndsWith("'", StringComparison.Ordinal) && value.Key != output && !scope.Read.Contains(value.Key))
            {
                Note(CellProblem.Unused, value.Value, $"nothing reads '{value.Key}'; use it, remove it, or make it the output: output {value.Key}");
            }
        }

        foreach (string number in _numbers.Keys.Where(n => !scope.Read.Contains(n)))
        {
            Note(CellProblem.Unused, _declared[number], $"no equation uses '{number}'");
        }

        foreach (string width in _widths.Keys.Where(w => _namedWidths.All(n => n.Text != w)))
        {
            Note(CellProblem.Unused, _declared[width], $"no state and no parameter has the width {width}");
        }
    }

    // What is divided into heads is the layer's units.
    private void CheckHeads(IReadOnlyList<CellEquation> equations)
    {
        if (_headsLine is not { } line)
        {
            return;
        }

        if (_widths.Count > 0)
        {
            Note(CellProblem.Shape, line, $"heads divide the layer's units, and the cell has a second width, {_widths.Keys.First()}; remove one of them");
        }
        else if (!equations.SelectMany(e => e.Expression.Parts()).Any(p => p is Expression.Product { Operand: not Expression.Name { Identifier: CellNames.Input } }))
        {
            Note(CellProblem.Unused, line, "no matrix multiplies a state or a value of the step, so there is nothing to divide into heads");
        }
    }

    private void Note(CellProblem problem, CellToken place, string message) => _mistakes.Add(new CellMistake(problem, place.Start, place.Length, message));
}
