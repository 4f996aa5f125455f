using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the computation of one target's loss and gradient as C#.</summary>
/// <param name="program">What is computed.</param>
/// <param name="number">The number type.</param>
/// <param name="taken">The names of local variables around.</param>
internal sealed class LossCode(LossProgram program, string number, IEnumerable<string> taken) : GraphText(program.Graph)
{
    // Operands are in the place of {0}, {1}; N is the number type.
    private static readonly Dictionary<Function, string> s_calls = new()
    {
        [Function.Exp] = "N.Exp({0})",
        [Function.Log] = "N.Log({0})",
        [LossFunctions.Log1p] = $"{ModelContext.Runtime}.Logarithms.OnePlus({{0}})",
        [Function.Sqrt] = "N.Sqrt({0})",
        [Function.Absolute] = "N.Abs({0})",
        [Function.Tanh] = "N.Tanh({0})",
        [Function.Sin] = "N.Sin({0})",
        [Function.Cos] = "N.Cos({0})",
        [Function.Minimum] = "N.Min({0}, {1})",
        [Function.Maximum] = "N.Max({0}, {1})",
        [LossFunctions.LogGamma] = $"(N){ModelContext.Runtime}.GammaFunctions.Log({{0}})",
        [LossFunctions.LogBeta] = $"(N){ModelContext.Runtime}.GammaFunctions.LogBeta({{0}}, {{1}})",
        [LossFunctions.DigammaRise] = $"(N){ModelContext.Runtime}.GammaFunctions.DigammaRise({{0}}, {{1}})",
        [LossFunctions.PoissonDraw] = $"{ModelContext.Runtime}.CountDraws.Poisson({{0}}, {{1}})",
        [LossFunctions.NegativeBinomialDraw] = $"{ModelContext.Runtime}.CountDraws.NegativeBinomial({{0}}, {{1}}, {{2}})",
        [LossFunctions.Digamma] = $"(N){ModelContext.Runtime}.GammaFunctions.Digamma({{0}})",
    };

    private readonly LocalNames _locals = new(taken);

    /// <summary>A local variable for a value that the statements begin with.</summary>
    /// <returns>Its name, which is like <paramref name="wanted"/>.</returns>
    public string Declare(int id, string wanted) => Names[id] = _locals.Claim(wanted, id);

    /// <summary>The name of another local variable, which is like <paramref name="wanted"/>.</summary>
    public string Claim(string wanted) => _locals.Claim(wanted, 0);

    /// <summary>The statements of one target, from the values that <see cref="GraphText.Names"/> has.</summary>
    /// <param name="loss">What the loss is written to or added to: <c>sum +=</c>.</param>
    /// <param name="gradients">What each output's gradient is written to.</param>
    public IReadOnlyList<string> OfTarget(string loss, IReadOnlyList<string> gradients)
    {
        List<string> lines = [];
        HashSet<int> ofLoss = [.. Graph.Closure([program.Loss])];
        ILookup<bool, int> locals = Shared([program.Loss, .. program.Gradients], static _ => true).ToLookup(ofLoss.Contains);
        lines.AddRange(Locals(locals[true]));
        lines.Add($"{loss} {Text(program.Loss)};");
        lines.AddRange(Locals(locals[false]));
        lines.AddRange(gradients.Select((g, i) => $"{g} = {Text(program.Gradients[i])};"));
        return lines;
    }

    /// <summary>The statements of values that the model says of one target, from the values that <see cref="GraphText.Names"/> has.</summary>
    /// <param name="said">The values, and what each is written to.</param>
    /// <param name="written">How a value is written.</param>
    public IReadOnlyList<string> OfSayings(IReadOnlyList<(string Place, int Value)> said, Func<string, string> written) =>
        [.. Locals(Shared([.. said.Select(s => s.Value)], static _ => true)), .. said.Select(s => $"{s.Place} = {written(Text(s.Value))};")];

    /// <summary>The statements of one step whose target is a class: <c>output</c> and <c>adjoint</c> refer to the first of <paramref name="classes"/> values.</summary>
    /// <param name="loss">What the loss is written to.</param>
    /// <param name="classes">How many there are.</param>
    public IReadOnlyList<string> OfClasses(string loss, int classes)
    {
        List<string> lines = [];
        int dense = program.Gradients[0];
        int output = program.Source.Outputs[0];
        int[] roots = [program.Loss, dense, .. program.Picked.SelectMany(p => new[] { p.Position, p.Gradient })];
        HashSet<int> read = [.. Graph.Closure(roots).Where(id => IsOfClasses(Graph[id])).SelectMany(id => Graph[id].Operands)];
        List<int> scalars = [.. Graph.Closure(roots).Where(id => !IsOfClasses(Graph[id]) && Graph[id].Kind is NodeKind.Pointwise or NodeKind.Reduction)];
        HashSet<int> locals = [.. Shared(roots, n => !IsOfClasses(n)), .. scalars.Where(s => read.Contains(s) || IsLoop(Graph[s]))];
        Names[output] = OutputOf("j");
        if (program.Exponentials is { } exponentials)
        {
            Names[exponentials.Values] = AdjointOf("j");
        }

        HashSet<int> ofLoss = [.. Graph.Closure([program.Loss])];
        Write(ofLoss.Contains);
        lines.Add($"{loss} {Text(program.Loss)};");
        Write(static _ => true);
        lines.AddRange(Gradient(dense, classes));
        foreach ((int position, int gradient) in program.Picked)
        {
            bool isNegative = Graph[gradient].Function == Function.Negate;
            lines.Add($"{AdjointOf(Text(position))} {(isNegative ? "-" : "+")}= {Text(isNegative ? Graph[gradient].Operands[0] : gradient)};");
        }

        // No empty line stands at the end.
        return [.. lines.Take(lines.FindLastIndex(static l => l.Length > 0) + 1)];

        void Write(Func<int, bool> isNow)
        {
            foreach (int id in scalars.Where(s => locals.Contains(s) && !Names.ContainsKey(s) && isNow(s)))
            {
                lines.AddRange(IsLoop(Graph[id]) ? Reduction(Graph[id], classes) : Locals([id]));
            }
        }
    }

    private static string OutputOf(string position) => $"{ModelContext.Unsafe}.Add(ref output, {position})";

    private static string AdjointOf(string position) => $"{ModelContext.Unsafe}.Add(ref adjoint, {position})";

    private static bool IsLoop(Node node) => node.Kind == NodeKind.Reduction && node.Function != LossFunctions.Pick;

    private static bool IsOfClasses(Node node) => node.Width == LossGraph.ClassWidth;

    private List<string> Locals(IEnumerable<int> ids) => [.. ids.ToList().Select(id =>
    {
        string text = Text(id);
        Names[id] = _locals.Claim(Graph[id].Name.Length > 0 ? Graph[id].Name : "v", id);
        return $"{number} {Names[id]} = {text};";
    })];

    private IReadOnlyList<string> Reduction(Node node, int classes)
    {
        if (program.Exponentials is { } exponentials && (node.Id == exponentials.Greatest || node.Id == exponentials.Sum))
        {
            (Names[exponentials.Greatest], Names[exponentials.Sum]) = ("max", "sum");
            bool isOutput = exponentials.Operand == program.Source.Outputs[0];
            string call = $"{number} sum = {ModelContext.Runtime}.Rows.ShiftedExp(ref {(isOutput ? "output" : "adjoint")}, ref adjoint, {classes}, out {number} max);";
            const string note = "// exp(value - max) of each class, in the place of its adjoint, and their sum.";
            return isOutput ? [note, call] : [.. Loop(classes, exponentials.Operand, text => $"{AdjointOf("j")} = {text};"), note, call];
        }

        string name = _locals.Claim(node.Name.Length > 0 ? node.Name : node.Function == LossFunctions.ArgMax ? "at" : node.Function == LossFunctions.Greatest ? "greatest" : "total", node.Id);
        List<string> lines = node.Function == LossFunctions.Sum
            ? [$"{number} {name} = 0;", .. Loop(classes, node.Operands[0], text => $"{name} += {text};")]
            : node.Function == LossFunctions.Greatest ? [$"{number} {name} = {number}.NegativeInfinity;", .. Loop(classes, node.Operands[0], text => $"{name} = {number}.Max({name}, {text});")]
            : node.Function == LossFunctions.ArgMax ?
            [
                $"int {name} = 0;",
                $"{number} {name}Value = {number}.NegativeInfinity;",
                .. Loop(classes, node.Operands[0], text => $"{number} value = {text};\n({name}, {name}Value) = value > {name}Value ? (j, value) : ({name}, {name}Value);"),
            ]
            : throw new InvalidOperationException($"There is no loop for {node.Function!.Name}.");
        Names[node.Id] = name;
        return lines;
    }

    private IReadOnlyList<string> Gradient(int dense, int classes)
    {
        Node node = Graph[dense];
        if (node.Kind == NodeKind.Constant && node.Value == 0)
        {
            return [$"{ModelContext.Sys}Runtime.InteropServices.MemoryMarshal.CreateSpan(ref adjoint, {classes}).Clear();"];
        }

        // In the place of the exponentials.
        return program.Exponentials is { } exponentials && node.Function == Function.Multiply && node.Operands[0] == exponentials.Values && !IsOfClasses(Graph[node.Operands[1]])
            ? Loop(classes, node.Operands[1], text => $"{AdjointOf("j")} *= {text};")
            : Loop(classes, dense, text => $"{AdjointOf("j")} = {text};");
    }

    // A loop over all classes, with what each of them reads twice in a variable.
    private List<string> Loop(int classes, int value, Func<string, string> body)
    {
        List<string> inner = [];
        IReadOnlyList<int> locals = [.. Shared([value], static n => IsOfClasses(n)).Where(l => l != value)];
        inner.AddRange(Locals(locals));
        inner.AddRange(body(Text(value)).Split('\n'));
        foreach (int local in locals)
        {
            Names.Remove(local);
        }

        return [$"for (int j = 0; j < {classes}; j++)", "{", .. inner.Select(l => "    " + l), "}", ""];
    }

    protected override string Constant(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e6 ? value.ToString("R", CultureInfo.InvariantCulture) : Literal(value);

    // A literal of the number type: two whole numbers would be divided as such.
    private string Literal(double value) => number == "float" ? value.ToString("R", CultureInfo.InvariantCulture) + "f"
        : value == Math.Floor(value) && Math.Abs(value) < 1e15 ? value.ToString("R", CultureInfo.InvariantCulture) + ".0"
        : value.ToString("R", CultureInfo.InvariantCulture);

    protected override (string Text, int Holds) Call(Node node)
    {
        if (node.Function == LossFunctions.Pick)
        {
            return (OutputOf(Text(node.Operands[1])), Primary);
        }

        if (!s_calls.TryGetValue(node.Function!, out string? format))
        {
            throw new InvalidOperationException($"There is no C# for {node.Function!.Name}.");
        }

        for (int i = 0; i < node.Operands.Count; i++)
        {
            format = format.Replace($"{{{i}}}", Text(node.Operands[i]));
        }

        return (format.Replace("N.", number + ".").Replace("(N)", $"({number})"), format.StartsWith("(N)", StringComparison.Ordinal) ? Unary : Primary);
    }

    protected override (string Text, int Holds) Select(Node node)
    {
        IReadOnlyList<int> o = node.Operands;
        bool isTurned = Graph[o[0]].Kind == NodeKind.Constant;
        string condition = isTurned ? $"{Text(o[1], Additive)} < {Text(o[0], Additive)}" : $"{Text(o[0], Additive)} > {Text(o[1], Additive)}";
        bool isWhole = IsWhole(node.Id);
        return ($"{condition} ? {Branch(o[2], Comparison)} : {Branch(o[3], Conditional)}", Conditional);

        string Branch(int id, int place) => isWhole && Graph[id].Kind == NodeKind.Constant ? Literal(Graph[id].Value) : Text(id, place);
    }

    // Whether all its cases are whole numbers, so that the whole would be of type int.
    private bool IsWhole(int id) => Graph[id].Kind == NodeKind.Constant
        || (Graph[id].Function == Function.Select && !Names.ContainsKey(id) && IsWhole(Graph[id].Operands[2]) && IsWhole(Graph[id].Operands[3]));
}
