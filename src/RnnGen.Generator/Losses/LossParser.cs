using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Losses;

/// <summary>Reads a loss: what it declares, and equations of one target's loss in the language of cells' equations.</summary>
internal sealed class LossParser
{
    /// <summary>The output where no line names the outputs.</summary>
    public const string Output = "y";

    public const string Target = "target";

    /// <summary>The position in a list of outputs, from 0.</summary>
    public const string Index = "index";

    /// <summary>The equation of what training minimises.</summary>
    public const string Loss = "loss";

    /// <summary>The equation of what the model says of a target.</summary>
    public const string Prediction = "prediction";

    /// <summary>The equation of a value that the target might have.</summary>
    public const string Draw = "draw";

    /// <summary>Two numbers by chance, above 0 and below 1, each equally likely; only the equation of a draw reads them.</summary>
    public const string FirstChance = "u1", SecondChance = "u2";

    private const string Counts = "counts";

    private static readonly Dictionary<string, LossTargets> s_targets = new()
    {
        ["numbers"] = LossTargets.Numbers, [Counts] = LossTargets.Numbers, ["probabilities"] = LossTargets.Probabilities, ["classes"] = LossTargets.Classes, ["labels"] = LossTargets.Labels,
    };

    private readonly string _text;
    private readonly string _name;
    private readonly List<LossNumber> _numbers = [];
    private readonly NumberRanges _ranges = new();
    private readonly HashSet<string> _ofTarget = [Target];
    private readonly List<(CellToken Name, CellToken? List)> _values = [];
    private readonly List<IReadOnlyList<CellToken>> _links = [];
    private readonly List<IReadOnlyList<CellToken>> _equations = [];
    private readonly Dictionary<string, CellToken> _declared = [];
    private readonly List<CellMistake> _mistakes = [];
    private readonly bool _ships;
    private LossTargets _targets = LossTargets.Numbers;
    private bool _areCounts;
    private string? _programme;

    private LossParser(string text, string name, bool ships) => (_text, _name, _ships) = (text, name, ships);

    /// <param name="text">The loss.</param>
    /// <param name="name">Its name.</param>
    /// <param name="numbers">Numbers and lists in place of those in the text.</param>
    /// <param name="ships">Whether it may be computed by a class of the runtime.</param>
    /// <exception cref="CellFormatException">The text is not well-formed; it has the mistakes, in the order of the text.</exception>
    public static LossDefinition Parse(string text, string name, EquatableArray<LossNumber>? numbers = null, bool ships = false) =>
        new LossParser(text, name, ships).Parse(numbers ?? EquatableArray<LossNumber>.Empty);

    private LossDefinition Parse(EquatableArray<LossNumber> numbers)
    {
        foreach (IReadOnlyList<CellToken> line in CellTokens.Lines(_text))
        {
            if (line.Count > 1 && line[1].Text == "=")
            {
                _equations.Add(line);
            }
            else
            {
                Try(() => ParseDeclaration(line));
            }
        }

        Stop();
        foreach (LossNumber number in numbers)
        {
            Replace(number);
        }

        LossDefinition definition = Read();
        Stop();
        if (_programme is null)
        {
            // Values that do not fit together are found where they meet, whatever the number of classes.
            LossProgram.Create(definition, classes: 2);
        }

        return definition;
    }

    private void Stop()
    {
        if (_mistakes.Count > 0)
        {
            throw new CellFormatException([.. _mistakes.OrderBy(m => m.Start)]);
        }
    }

    private void Try(Action part)
    {
        try
        {
            part();
        }
        catch (CellFormatException found)
        {
            _mistakes.AddRange(found.Mistakes);
        }
    }

    // A number or list that the declaration sets.
    private void Replace(LossNumber number)
    {
        int at = _numbers.FindIndex(n => n.Name == number.Name);
        if (at < 0 || _numbers[at].IsList != number.IsList || number.Values.Count == 0)
        {
            throw new CellFormatException(CellProblem.UnknownName, 0, 0, at < 0
                ? $"the declaration sets '{number.Name}', but no line says 'number {number.Name} = …' or 'numbers {number.Name} = …'"
                : $"'{number.Name}' is {(_numbers[at].IsList ? "a list of at least one number" : "one number")}");
        }

        if (_ranges.Problem(number.Name, number.Values) is { } problem)
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, problem);
        }

        _numbers[at] = number;
    }

    // ---- Declarations ----

    private void ParseDeclaration(IReadOnlyList<CellToken> tokens)
    {
        CellLine line = new(tokens, 0);
        CellToken first = line.Next();
        switch (first.Text)
        {
            case "targets": (_targets, _areCounts) = ParseTargets(line.NextName()); break;
            case "values": ParseItems(line, ParseValue); break;
            case "number": ParseItems(line, ParseNumber); break;
            case "numbers": ParseNumbers(line); return;
            case "programme" when _ships: _programme = line.NextName().Text; break;
            case "link":
                Declare(line.NextName());
                line.Expect("=");
                _links.Add([.. tokens.Skip(1)]);
                return;
            default:
                throw CellLine.Error(CellProblem.Syntax, first, $"'{first.Text}' starts neither an equation (name = …) nor a declaration (targets, values, link, number, numbers); prediction = … and draw = … are equations");
        }

        line.ExpectEnd();
    }

    private static void ParseItems(CellLine line, Action<CellLine> parseItem)
    {
        do
        {
            parseItem(line);
        }
        while (line.Accept(","));
    }

    // Labels belong to all steps of a sequence at once, which no equation of one target can say.
    private (LossTargets Targets, bool AreCounts) ParseTargets(CellToken name) => s_targets.TryGetValue(name.Text, out LossTargets targets) && (_ships || targets != LossTargets.Labels) ? (targets, name.Text == Counts)
        : throw CellLine.Error(CellProblem.Syntax, name, "targets are numbers, counts, probabilities or classes");

    private void ParseValue(CellLine line)
    {
        CellToken name = line.NextName();
        CellToken? list = null;
        Declare(name);
        if (line.Accept("["))
        {
            list = line.NextName();
            line.Expect("]");
        }

        _values.Add((name, list));
    }

    private void ParseNumber(CellLine line)
    {
        CellToken name = line.NextName();
        Declare(name);
        line.Expect("=");
        CellToken value = line.Following();
        LossNumber number = new(name.Text, new([line.ReadSigned()]), IsList: false);
        _ranges.Read(name.Text, line);
        _numbers.Add(_ranges.Problem(name.Text, number.Values) is { } problem ? throw CellLine.Error(CellProblem.Syntax, value, problem) : number);
    }

    private void ParseNumbers(CellLine line)
    {
        CellToken name = line.NextName();
        Declare(name);
        line.Expect("=");
        List<double> values = [];
        ParseItems(line, l => values.Add(l.ReadSigned()));
        line.ExpectEnd();
        _numbers.Add(new LossNumber(name.Text, new(values), IsList: true));
    }

    private void Declare(CellToken name)
    {
        if (name.Text is Target or Index or Loss or Prediction or Draw or FirstChance or SecondChance || name.Text.Contains('\'') || _declared.ContainsKey(name.Text))
        {
            throw CellLine.Error(CellProblem.Name, name, name.Text.Contains('\'') ? $"'{name.Text}': a name of a loss has no prime" : $"'{name.Text}' is already in use");
        }

        _declared.Add(name.Text, name);
    }

    // ---- Equations ----

    private LossDefinition Read()
    {
        IReadOnlyList<LossValue> values = ReadValues();
        Dictionary<string, CellToken> given = [];
        foreach (CellToken name in _equations.Select(e => e[0]).Concat(_links.Select(l => l[0])))
        {
            Try(() => Give(name, given));
        }

        LossScope scope = new(_numbers.Where(n => !n.IsList).ToDictionary(n => n.Name, n => n.Values[0]), given);
        scope.Known.UnionWith(values.Select(v => v.Name).Concat(_numbers.Select(n => n.Name)).Concat([Target, Index]));
        Dictionary<string, CellEquation> links = [];
        foreach (IReadOnlyList<CellToken> line in _links)
        {
            Try(() => ReadLink(line, values, scope, links));
        }

        values = [.. values.Select(v => v with { Link = links.TryGetValue(v.Name, out CellEquation? link) ? link : null })];
        scope.Read.ExceptWith(values.Select(v => v.Name));
        scope.Known.UnionWith(_links.Select(l => l[0].Text));
        List<CellEquation> equations = [];
        foreach (IReadOnlyList<CellToken> line in _equations)
        {
            scope.Draws = line[0].Text == Draw;
            Try(() => equations.Add(WithoutTarget(new EquationParser(_text, line, scope).Parse())));
            if (!scope.Draws)
            {
                scope.Known.Add(line[0].Text);
            }
        }

        Stop();
        Check(scope, values, given);
        return new LossDefinition
        {
            Name = _name,
            Summary = FirstComment(_text),
            Targets = _targets,
            TargetsAreCounts = _areCounts,
            Values = values,
            Numbers = _numbers,
            Equations = equations,
            Prediction = given.ContainsKey(Prediction) ? Prediction : values[0].Name,
            Draws = given.ContainsKey(Draw),
            Programme = _programme,
        };
    }

    // A prediction and a draw know no target, nor what follows from one.
    private CellEquation WithoutTarget(CellEquation equation)
    {
        Expression? place = equation.Expression.Parts().FirstOrDefault(p => p is Expression.Name name && _ofTarget.Contains(name.Identifier));
        if (place is Expression.Name read)
        {
            if (_targets == LossTargets.Numbers && equation.Name is (Prediction or Draw))
            {
                throw CellFormatException.At(place, CellProblem.UnknownName, read.Identifier == Target ? $"a {equation.Name} does not know the target" : $"'{read.Identifier}' follows from the target, which a {equation.Name} does not know");
            }

            _ofTarget.Add(equation.Name);
        }

        return equation;
    }

    private IReadOnlyList<LossValue> ReadValues()
    {
        if (_values.Count == 0)
        {
            Declare(new CellToken(Output, 0));
            return [new LossValue(Output, 1, IsList: false, null)];
        }

        List<LossValue> values = [];
        foreach ((CellToken name, CellToken? list) in _values)
        {
            LossNumber? numbers = list is { } length ? _numbers.FirstOrDefault(n => n.Name == length.Text && n.IsList) : null;
            if (list is { } unknown && numbers is null)
            {
                _mistakes.Add(new CellMistake(CellProblem.UnknownName, unknown.Start, unknown.Length, $"'{unknown.Text}' is not a list; declare it: numbers {unknown.Text} = 0.1, 0.5, 0.9"));
            }

            values.Add(new LossValue(name.Text, numbers?.Values.Count ?? 1, list is not null, null));
        }

        if (_targets != LossTargets.Numbers && (values.Count > 1 || values[0].IsList))
        {
            _mistakes.Add(new CellMistake(CellProblem.Shape, _values[0].Name.Start, _values[0].Name.Length, $"with targets that are {_targets.ToString().ToLowerInvariant()} there is one output for each, y"));
        }

        Stop();
        return values;
    }

    private void Give(CellToken name, Dictionary<string, CellToken> given)
    {
        bool isLink = _declared.TryGetValue(name.Text, out CellToken declared) && declared.Start == name.Start;
        if (!name.IsName || name.Text.Contains('\'') || name.Text is Target or Index or FirstChance or SecondChance || given.ContainsKey(name.Text) || (_declared.ContainsKey(name.Text) && !isLink))
        {
            throw CellLine.Error(CellProblem.Name, name, !name.IsName ? $"expected a name, found '{name.Text}'"
                : name.Text.Contains('\'') ? $"'{name.Text}': a name of a loss has no prime"
                : $"'{name.Text}' is already in use");
        }

        given.Add(name.Text, name);
    }

    // A function of one of the values.
    private void ReadLink(IReadOnlyList<CellToken> line, IReadOnlyList<LossValue> values, LossScope scope, Dictionary<string, CellEquation> links)
    {
        CellEquation link = new EquationParser(_text, line, scope).Parse();
        List<string> read = [.. link.Expression.Parts().OfType<Expression.Name>().Select(n => n.Identifier).Distinct()];
        read.RemoveAll(n => n == Index || _numbers.Exists(o => o.Name == n));
        if (read.Count != 1 || values.All(v => v.Name != read[0]) || links.ContainsKey(read[0]))
        {
            throw CellLine.Error(CellProblem.Shape, line[0], $"a link is a function of one output, and an output has at most one link: link {line[0].Text} = softplus({values[0].Name})");
        }

        links.Add(read[0], link);
    }

    private void Check(LossScope scope, IReadOnlyList<LossValue> values, Dictionary<string, CellToken> given)
    {
        if (_targets != LossTargets.Numbers && values[0].Link?.Expression is not Expression.Call { Function: "sigmoid" or "softmax" })
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, $"targets that are {_targets.ToString().ToLowerInvariant()} need the probabilities of the outputs: link p = {(_targets == LossTargets.Probabilities ? "sigmoid" : "softmax")}({values[0].Name})");
        }

        if (_programme is not null)
        {
            return;
        }

        foreach (KeyValuePair<string, CellToken> other in given.Where(n => _targets != LossTargets.Numbers && n.Key is Prediction or Draw))
        {
            _mistakes.Add(new CellMistake(CellProblem.Syntax, other.Value.Start, other.Value.Length, $"a {other.Key} is for targets that are numbers; with others Predict outputs logits, and PredictProbabilities their link"));
        }

        if (!given.ContainsKey(Loss))
        {
            throw new CellFormatException(CellProblem.Syntax, 0, 0, $"no equation defines the loss: {Loss} = …");
        }

        foreach (KeyValuePair<string, CellToken> name in given.Concat(_declared.Where(d => !given.ContainsKey(d.Key))).Where(n => !scope.Read.Contains(n.Key)))
        {
            bool isResult = name.Key is Loss or Prediction or Draw || _links.Any(l => l[0].Text == name.Key);
            bool sizes = _values.Any(v => v.List?.Text == name.Key);
            bool isLinked = values.Any(v => v.Name == name.Key && v.Link is { } link && scope.Read.Contains(link.Name));
            if (!isResult && !sizes && !isLinked)
            {
                _mistakes.Add(new CellMistake(CellProblem.Unused, name.Value.Start, name.Value.Length, $"nothing reads '{name.Key}'; use it or remove it"));
            }
        }

        Stop();
    }

    private static string FirstComment(string text)
    {
        string line = text.TrimStart().Split('\n', '\r', '\u0085', '\u2028', '\u2029')[0];
        return line.StartsWith("#", StringComparison.Ordinal) ? line.TrimStart('#').Trim() : "";
    }
}
