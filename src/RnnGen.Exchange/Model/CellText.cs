using RnnGen.Exchange.Files;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;

namespace RnnGen.Exchange.Model;

/// <summary>Writes a cell's equations as a person would: in the notation, the names and the order of the cells that ship, so that parameters have their layout.</summary>
internal sealed class CellText
{
    private const string Sum = "W x + b + U h + d";

    private readonly RecurrentCell _cell;
    private readonly List<string> _declarations = [];
    private readonly List<(string Name, string Text)> _lines = [];

    private CellText(RecurrentCell cell) => _cell = cell;

    /// <summary>The cell as a declaration has it.</summary>
    /// <param name="source">The layer, for messages.</param>
    /// <param name="cell">What it computes.</param>
    /// <exception cref="ForeignFileException">No equations of a cell say it, such as those of a gate that reads nothing.</exception>
    public static ForeignCell Of(string source, RecurrentCell cell)
    {
        string name = Name(cell), text = new CellText(cell).Write();
        return CellLimits.Problem(new CellSource(name, text, EquatableArray<CellNumber>.Empty)) is { } problem
            ? throw ForeignModelBuilder.Undeclarable(source, Invariant($"a layer with the functions {string.Join(", ", cell.Roles.Select(static role => role.Function.Of("x")))}"), problem.First.Message)
            : new ForeignCell(cell) { Name = name, Equations = text, Functions = Functions(cell) };
    }

    // ClippedHardSigmoidReluLstm: what is not usual, then the form.
    private static string Name(RecurrentCell cell)
    {
        string functions = string.Concat(cell.Roles.Where(static role => role.Function != role.Usual).Select(static role => role.Function.Name).Distinct());
        return Invariant($"{(cell.IsClipped ? "Clipped" : "")}{functions}{(cell.IsCoupled ? "Coupled" : "")}{(cell.HasPeepholes ? "Peephole" : "")}{cell.Form}");
    }

    private static Dictionary<string, string> Functions(RecurrentCell cell)
    {
        Dictionary<string, string> functions = cell.Roles.ToDictionary(static role => role.Role, static role => role.Function.Of("x"));
        if (cell.IsClipped)
        {
            functions["clip"] = Invariant($"{cell.Clip:R}");
        }

        return functions;
    }

    private string Write()
    {
        if (_cell.HasPeepholes)
        {
            _declarations.Add("vector p = peephole");
        }

        switch (_cell.Form)
        {
            case ForeignLayerKind.Rnn:
                Add("h'", _cell.Candidate, Sum);
                break;
            case ForeignLayerKind.Gru or ForeignLayerKind.ResetBeforeGru:
                Add("r", _cell.Gate, Sum);
                Add("z", _cell.Gate, Sum);
                Add("n", _cell.Candidate, _cell.Form == ForeignLayerKind.Gru ? "W x + b + r * (U h + d)" : "W x + b + U (r * h) + d");
                _lines.Add(("h'", "(1 - z) * n + z * h"));
                break;
            case ForeignLayerKind.Lstm:
                AddLstm();
                break;
            default:
                throw new InvalidOperationException(Invariant($"{_cell.Form} is no form of a cell."));
        }

        int width = _lines.Max(static line => line.Name.Length);
        string declarations = _declarations.Count == 0 ? "" : string.Join('\n', _declarations) + "\n\n";
        return declarations + string.Join('\n', _lines.Select(line => Invariant($"{line.Name.PadRight(width)} = {line.Text}")));
    }

    private void AddLstm()
    {
        string Seeing(string state) => _cell.HasPeepholes ? Invariant($"{Sum} + p * {state}") : Sum;
        Add("i", _cell.Gate, Seeing("c"));
        if (!_cell.IsCoupled)
        {
            _declarations.Add(Invariant($"start b_{Add("f", _cell.Gate, Seeing("c"))} = 1"));
        }

        Add("g", _cell.Candidate, Sum);
        _lines.Add(("c'", Invariant($"{(_cell.IsCoupled ? "(1 - i)" : "f")} * c + i * g")));
        Add("o", _cell.Gate, Seeing("c'"));
        _lines.Add(("h'", Invariant($"o * {CellFunction.Factor(_cell.Output.Of("c'"))}")));
    }

    // The line of a value, and before it that of its sum where the function reads it more than once; returns the line that has the parameters.
    private string Add(string name, CellFunction function, string sum)
    {
        string read = Clipped(sum), line = name;
        if (function.Repeats)
        {
            line = name.TrimEnd('\'') + "Sum";
            _lines.Add((line, read));
            read = line;
        }

        _lines.Add((name, function.Of(read)));
        return line;
    }

    private string Clipped(string argument) => _cell.IsClipped ? Invariant($"min(max({argument}, -{_cell.Clip:R}), {_cell.Clip:R})") : argument;
}
