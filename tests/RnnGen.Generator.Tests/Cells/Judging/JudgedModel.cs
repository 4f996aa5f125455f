using System.Globalization;
using System.Reflection;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Tests.Cells.Judging;

/// <summary>A cell in a model of one layer with a linear output layer, its sizes, and the numbers that it is run with.</summary>
/// <param name="Text">The equations.</param>
/// <param name="Size">H, the layer's size.</param>
/// <param name="Overrides">Numbers and widths that the layer sets.</param>
/// <param name="Activation">The layer's activation, f.</param>
/// <param name="IsLearned">Whether the states' initial values are parameters.</param>
/// <param name="Seed">Draws parameters, inputs and targets.</param>
internal sealed record JudgedModel(string Text, int Size, IReadOnlyDictionary<string, double> Overrides, string Activation, bool IsLearned, int Seed)
{
    public const int Inputs = 3, Steps = 4, Outputs = 2, Rows = 3;

    /// <summary>The model, the cell and what runs a stream of it, as a compilation has them.</summary>
    public string Declaration(int index) => $$""""
        [Cell("""
        {{Text}}
        """)]
        public sealed class C{{index}} : ICell;

        [RnnModel(Architecture.ManyToMany, InputSize = {{Inputs}}, SequenceLength = {{Steps}}, OutputSize = {{Outputs}}, BatchSize = 2, Precision = Precision.Double{{(IsLearned ? ", InitialState = InitialState.Learned" : "")}})]
        [Recurrent<C{{index}}>({{Size}}{{Numbers}}{{(Text.Contains("f(", StringComparison.Ordinal) ? $", Activation = Activation.{Activation}" : "")}})]
        public sealed partial class M{{index}} : IStreamed
        {
            public void Stream(double[] inputs, double[] outputs)
            {
                State state = CreateState();
                for (int step = 0; step < SequenceLength; step++)
                    state.Step(System.MemoryExtensions.AsSpan(inputs, step * InputSize, InputSize), System.MemoryExtensions.AsSpan(outputs, step * OutputSize, OutputSize));
            }
        }

        """";

    /// <summary>What a compilation of models has once.</summary>
    public const string Probe = """
        public interface IStreamed
        {
            void Stream(double[] inputs, double[] outputs);
        }

        public static class Probe
        {
            public static ModelLayout Layout<TModel>() where TModel : IRnnModel<TModel, double, double, double> => TModel.Layout;

            public static double[] Fresh<TModel>() where TModel : IRnnModel<TModel, double, double, double> => TModel.Create(3).Parameters.ToArray();

            // Per vector width: outputs of a batch, of streams, the loss and its gradients.
            public static System.Collections.Generic.Dictionary<string, (double[] Batch, double[] Stream, double Loss, double[] Gradients)> Run<TModel>(double[] parameters, double[] inputs, double[] targets, int count) where TModel : IRnnModel<TModel, double, double, double>
            {
                ModelLayout layout = TModel.Layout;
                TModel model = TModel.Create(1);
                model.SetParameters(parameters);
                var result = new System.Collections.Generic.Dictionary<string, (double[], double[], double, double[])>();
                System.Reflection.PropertyInfo width = typeof(TModel).GetProperty("VectorWidth")!;
                object widest = width.GetValue(model)!;
                foreach (VectorWidth each in new[] { VectorWidth.V128, VectorWidth.V256, VectorWidth.V512 })
                {
                    if (each > (VectorWidth)widest)
                        continue;

                    width.SetValue(model, each);
                    double[] batch = new double[count * layout.OutputLength], stream = new double[count * layout.OutputLength], gradients = new double[layout.ParameterCount];
                    model.PredictBatch(inputs, batch, count);
                    double loss = model.ComputeGradients(inputs, targets, count, gradients);
                    for (int row = 0; row < count; row++)
                    {
                        double[] alone = new double[layout.OutputLength];
                        ((IStreamed)model).Stream(System.MemoryExtensions.AsSpan(inputs, row * layout.InputLength, layout.InputLength).ToArray(), alone);
                        alone.CopyTo(stream, row * alone.Length);
                    }

                    result[each.ToString()] = (batch, stream, loss, gradients);
                }

                return result;
            }
        }
        """;

    private string Numbers => Overrides.Count == 0 ? "" : $", Numbers = \"{string.Join(", ", Overrides.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key} = {o.Value:R}")))}\"";

    /// <summary>The cell as the generator reads it.</summary>
    public CellSource Source => new("C", Text, Overrides.Select(o => new CellNumber(o.Key, o.Value)).ToEquatableArray());

    /// <summary>The cell as the judge reads it.</summary>
    public JudgedCell Judge() => new(Text, Inputs, Size, Overrides, Activation switch
    {
        "Tanh" => Math.Tanh,
        "Relu" => v => Math.Max(v, 0),
        "Sigmoid" => v => 1 / (1 + Math.Exp(-v)),
        "Identity" => v => v,
        _ => throw new InvalidOperationException(Activation),
    });
}

/// <summary>What the judge finds of a model that the generator has written.</summary>
internal sealed class Verdict
{
    private readonly JudgedModel _model;
    private readonly JudgedCell _cell;
    private readonly ModelLayout _layout;
    private readonly double[] _parameters, _inputs, _targets;
    private readonly List<string> _faults = [];

    public Verdict(JudgedModel model, Assembly assembly, int index)
    {
        _model = model;
        _cell = model.Judge();
        _layout = (ModelLayout)CompiledCells.Call(assembly, "Layout", index, [])!;
        Random random = new(model.Seed);
        double[] Draw(int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => scale * (2 * random.NextDouble() - 1))];
        (_parameters, _inputs, _targets) = (Draw(_layout.ParameterCount, 0.8), Draw(JudgedModel.Rows * _layout.InputLength, 1), Draw(JudgedModel.Rows * _layout.TargetLength, 1));
        if (!HasParameters())
        {
            return;
        }

        Starts((double[])CompiledCells.Call(assembly, "Fresh", index, [])!);
        double[] outputs = Outputs(_parameters);
        double loss = Loss(_parameters);
        var given = (Dictionary<string, (double[] Batch, double[] Stream, double Loss, double[] Gradients)>)CompiledCells.Call(assembly, "Run", index, [_parameters, _inputs, _targets, JudgedModel.Rows])!;
        foreach ((string width, (double[] batch, double[] stream, double trained, double[] gradients)) in given)
        {
            Compare($"outputs of a batch, {width}", batch, outputs, 1e-12);
            Compare($"outputs of a stream, {width}", stream, outputs, 1e-12);
            Compare($"loss, {width}", [trained], [loss], 1e-12);
        }

        Gradients(random, given.ToDictionary(g => g.Key, g => g.Value.Gradients));
    }

    /// <summary>What is unlike the judge's; nothing where all is alike.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public int Derivatives { get; private set; }

    public int AtKinks { get; private set; }

    // The judge's parameters are the file's, with its names and shapes.
    private bool HasParameters()
    {
        string[] expected = [.. _cell.Parameters
            .Select(p => $"rnn.{p.FileName}_l0 [{p.Rows * p.Blocks.Count}{(p.IsMatrix ? $", {p.Columns}" : "")}]")
            .Concat(_model.IsLearned ? _cell.InitialStates().Select(s => $"initial.{s.Key}_l0 [{s.Value.Length}]") : [])
            .Concat([$"head.weight [{JudgedModel.Outputs}, {_cell.OutputSize}]", $"head.bias [{JudgedModel.Outputs}]"])
            .Order(StringComparer.Ordinal)];
        string[] found = [.. _layout.Parameters.Select(p => $"{p.Name} [{string.Join(", ", p.Shape)}]").Order(StringComparer.Ordinal)];
        if (!expected.SequenceEqual(found))
        {
            _faults.Add($"the parameters are {string.Join("; ", found.Except(expected))}, not {string.Join("; ", expected.Except(found))}");
        }

        return _faults.Count == 0;
    }

    private void Starts(double[] fresh)
    {
        foreach (JudgedParameter parameter in _cell.Parameters)
        {
            for (int i = 0; i < parameter.Blocks.Count; i++)
            {
                (string gate, double[] block) = parameter.Blocks[i];
                double? start = _cell.Starts.TryGetValue($"{parameter.Symbol}_{gate}", out double own) ? own
                    : _cell.Starts.TryGetValue(parameter.Symbol, out double all) ? all
                    : parameter.IsMatrix ? null : 0;
                int offset = Find(parameter).Offset + (i * block.Length);
                if (start is { } value && fresh.AsSpan(offset, block.Length).IndexOfAnyExcept(value) >= 0)
                {
                    _faults.Add($"{parameter.Symbol}_{gate} begins with {fresh[offset]}, not {value}");
                }
            }
        }
    }

    private ParameterInfo Find(JudgedParameter parameter) => _layout.Parameters.Single(p => p.Name == $"rnn.{parameter.FileName}_l0");

    private double[] Outputs(double[] parameters)
    {
        foreach (JudgedParameter parameter in _cell.Parameters)
        {
            int offset = Find(parameter).Offset;
            foreach ((_, double[] block) in parameter.Blocks)
            {
                parameters.AsSpan(offset, block.Length).CopyTo(block);
                offset += block.Length;
            }
        }

        double[] Of(string name)
        {
            ParameterInfo info = _layout.Parameters.Single(p => p.Name == name);
            return parameters[info.Offset..(info.Offset + info.Length)];
        }

        Dictionary<string, double[]> initial = _cell.InitialStates();
        if (_model.IsLearned)
        {
            initial = initial.Keys.ToDictionary(s => s, s => Of($"initial.{s}_l0"));
        }

        double[] weight = Of("head.weight"), bias = Of("head.bias");
        List<double> outputs = [];
        for (int row = 0; row < JudgedModel.Rows; row++)
        {
            int first = row * JudgedModel.Steps;
            foreach (double[] output in _cell.Run(Enumerable.Range(first, JudgedModel.Steps).Select(s => _inputs[(s * JudgedModel.Inputs)..((s + 1) * JudgedModel.Inputs)]), initial))
            {
                outputs.AddRange(bias.Select((b, i) => b + output.Select((o, j) => o * weight[(i * output.Length) + j]).Sum()));
            }
        }

        return [.. outputs];
    }

    // Mean squared error.
    private double Loss(double[] parameters) => Outputs(parameters).Zip(_targets, (o, t) => (o - t) * (o - t)).Average();

    // Of each parameter along a direction, where two differences agree that there is a derivative.
    private void Gradients(Random random, Dictionary<string, double[]> given)
    {
        foreach (ParameterInfo parameter in _layout.Parameters)
        {
            double[] direction = [.. Enumerable.Range(0, parameter.Length).Select(_ => (2 * random.NextDouble()) - 1)];
            double wide = Difference(parameter.Offset, direction, 1e-3), narrow = Difference(parameter.Offset, direction, 5e-4);
            double scale = Math.Abs(narrow) + 1e-2;
            if (!(Math.Abs(wide - narrow) < 1e-7 * scale))
            {
                AtKinks++;
                continue;
            }

            Derivatives++;
            foreach ((string width, double[] gradient) in given)
            {
                double analytic = direction.Select((d, i) => d * gradient[parameter.Offset + i]).Sum();
                if (!(Math.Abs(analytic - narrow) < 1e-6 * scale))
                {
                    _faults.Add(FormattableString.Invariant($"the derivative by {parameter.Name}, {width}, is {analytic}, not {narrow}"));
                }
            }
        }
    }

    private double Difference(int offset, double[] direction, double step)
    {
        double At(double by)
        {
            double[] moved = [.. _parameters];
            for (int i = 0; i < direction.Length; i++)
            {
                moved[offset + i] += by * direction[i];
            }

            return Loss(moved);
        }

        return ((8 * (At(step) - At(-step))) - (At(2 * step) - At(-2 * step))) / (12 * step);
    }

    private void Compare(string what, double[] found, double[] expected, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(found[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]))))
            {
                _faults.Add(FormattableString.Invariant($"{what}: [{i}] is {found[i]:R}, not {expected[i]:R}"));
                return;
            }
        }
    }
}
