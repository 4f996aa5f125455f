namespace RnnGen.Generator.Tests.Cells.Judging;

/// <summary>A parameter as its blocks: in files they are stacked along the rows in this order.</summary>
internal sealed record JudgedParameter(string Symbol, string FileName, bool IsMatrix, int Rows)
{
    /// <summary>Columns of a matrix, as many as what it multiplies has values; 1 for a bias or a vector.</summary>
    public int Columns { get; set; }

    /// <summary>Each block's name and numbers [Rows, Columns], in the order of first use.</summary>
    public List<(string Gate, double[] Values)> Blocks { get; } = [];
}

/// <summary>
/// A cell as docs/cells.md describes it, evaluated line by line in double precision. Written from that page alone, it shares nothing with the generator, whose models
/// it judges.
/// </summary>
internal sealed class JudgedCell
{
    private readonly CellText _text;
    private readonly Func<double, double> _activation;
    private readonly Dictionary<string, int> _sizes;
    private readonly Dictionary<string, double> _numbers;
    private readonly Dictionary<string, double[]> _values = [];
    private string _line = "";
    private double[] _input;
    private IReadOnlyDictionary<string, double[]> _states = new Dictionary<string, double[]>();

    /// <param name="text">The equations.</param>
    /// <param name="inputs">I, the values of <c>x</c>.</param>
    /// <param name="size">H, the layer's size.</param>
    /// <param name="numbers">Numbers and widths that the layer sets.</param>
    /// <param name="activation">The layer's activation, <c>f</c>.</param>
    public JudgedCell(string text, int inputs, int size, IReadOnlyDictionary<string, double>? numbers = null, Func<double, double>? activation = null)
    {
        _text = new CellText(text);
        _activation = activation ?? Math.Tanh;
        _numbers = new(_text.Numbers);
        _sizes = new(_text.Widths) { [""] = size, ["H"] = size };
        foreach ((string name, double value) in numbers ?? new Dictionary<string, double>())
        {
            if (_sizes.ContainsKey(name))
            {
                _sizes[name] = (int)value;
            }
            else
            {
                _numbers[name] = value;
            }
        }

        foreach (Equation next in _text.Equations.Where(e => e.HasPrime))
        {
            _text.States.TryAdd(next.Name, "");
        }

        // A first step finds the blocks and their sizes.
        _input = new double[inputs];
        OutputSize = Step(_input, InitialStates()).Output.Length;
    }

    public IReadOnlyList<JudgedParameter> Parameters => _parameters;

    private readonly List<JudgedParameter> _parameters = [];

    /// <summary>What a parameter or a block of it begins with, by its name.</summary>
    public IReadOnlyDictionary<string, double> Starts => _text.Starts;

    public int OutputSize { get; }

    /// <summary>States start from zero.</summary>
    public Dictionary<string, double[]> InitialStates() => _text.States.ToDictionary(s => s.Key, s => new double[_sizes[s.Value]]);

    /// <summary>A step: what the layer above reads, and the states after it.</summary>
    public (double[] Output, Dictionary<string, double[]> States) Step(double[] input, IReadOnlyDictionary<string, double[]> states)
    {
        _input = input;
        _states = states;
        _values.Clear();
        foreach (Equation equation in _text.Equations)
        {
            _line = equation.Name;
            double[] value = Evaluate(equation.Value).Data;
            if (equation.HasPrime && value.Length != states[equation.Name].Length)
            {
                // A number fits every width.
                value = Spread(value, states[equation.Name].Length);
            }

            _values[equation.Name + (equation.HasPrime ? "'" : "")] = value;
        }

        Equation last = _text.Equations[^1];
        string output = _text.Output ?? (_text.States.ContainsKey("h") ? "h'" : last.Name + (last.HasPrime ? "'" : ""));
        return (Named(output), states.ToDictionary(s => s.Key, s => _values[s.Key + "'"]));
    }

    /// <summary>The cell's outputs over a sequence, from given states on.</summary>
    public double[][] Run(IEnumerable<double[]> inputs, Dictionary<string, double[]> states)
    {
        List<double[]> outputs = [];
        foreach (double[] input in inputs)
        {
            (double[] output, states) = Step(input, states);
            outputs.Add(output);
        }

        return [.. outputs];
    }

    private double[] Named(string name) => _values.TryGetValue(name, out double[]? value) ? value : _states[name];

    // A number has no width of its own.
    private readonly record struct Value(double[] Data, bool IsNumber = false);

    private Value Evaluate(Expression expression) => expression switch
    {
        Expression.Constant constant => new([constant.Value], true),
        Expression.Name name => Read(name),
        Expression.Product product => new(Multiply(product)),
        Expression.Call call => Apply(call.Function, [.. call.Operands.Select(Evaluate)]),
        _ => throw new InvalidOperationException(),
    };

    private Value Read(Expression.Name name)
    {
        string text = name.Text + (name.HasPrime ? "'" : "");
        if (_values.TryGetValue(text, out double[]? value) || _states.TryGetValue(text, out value))
        {
            return new(value);
        }

        return _numbers.TryGetValue(text, out double number) ? new([number], true) : new(Block(name.Text, columns: 1));
    }

    private double[] Multiply(Expression.Product product)
    {
        double[] operand = product.Operand is Expression.Name { Text: "x" } ? _input : Evaluate(product.Operand).Data;
        double[] block = Block(product.Matrix, operand.Length);
        double[] result = new double[block.Length / operand.Length];
        for (int i = 0; i < result.Length; i++)
        {
            for (int j = 0; j < operand.Length; j++)
            {
                result[i] += block[(i * operand.Length) + j] * operand[j];
            }
        }

        return result;
    }

    // Each equation has a block of its own of every parameter that it uses; behind an underscore stands another line's name.
    private double[] Block(string name, int columns)
    {
        int underscore = name.IndexOf('_', StringComparison.Ordinal);
        string symbol = underscore < 0 ? name : name[..underscore], gate = underscore < 0 ? _line : name[(underscore + 1)..];
        JudgedParameter? parameter = _parameters.Find(p => p.Symbol == symbol);
        if (parameter is null)
        {
            Declared declared = _text.Parameters.Single(p => p.Name == symbol);
            parameter = new(symbol, declared.FileName, declared.Kind == "weight", _sizes[declared.Width]) { Columns = columns };
            _parameters.Add(parameter);
        }

        int at = parameter.Blocks.FindIndex(b => b.Gate == gate);
        if (at < 0)
        {
            at = parameter.Blocks.Count;
            parameter.Blocks.Add((gate, new double[parameter.Rows * columns]));
        }

        return parameter.Columns == columns ? parameter.Blocks[at].Values : throw new FormatException($"{name} has {parameter.Columns} columns, not {columns}.");
    }

    private Value Apply(string function, Value[] operands) => function switch
    {
        "+" => Map(operands, v => v[0] + v[1]),
        "-" => Map(operands, v => v[0] - v[1]),
        "*" => Map(operands, v => v[0] * v[1]),
        "/" => Map(operands, v => v[0] / v[1]),
        "negate" => Map(operands, v => -v[0]),
        "sigmoid" => Map(operands, v => 1 / (1 + Math.Exp(-v[0]))),
        "tanh" => Map(operands, v => Math.Tanh(v[0])),
        "relu" => Map(operands, v => Math.Max(v[0], 0)),
        "softplus" => Map(operands, v => Math.Max(v[0], 0) + Math.Log(1 + Math.Exp(-Math.Abs(v[0])))),
        "elu" => Map(operands, v => v[0] > 0 ? v[0] : Math.Exp(v[0]) - 1),
        "gelu" => Map(operands, v => 0.5 * v[0] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v[0] + (0.044715 * v[0] * v[0] * v[0]))))),
        "exp" => Map(operands, v => Math.Exp(v[0])),
        "log" => Map(operands, v => Math.Log(v[0])),
        "sqrt" => Map(operands, v => Math.Sqrt(v[0])),
        "abs" => Map(operands, v => Math.Abs(v[0])),
        "sin" => Map(operands, v => Math.Sin(v[0])),
        "cos" => Map(operands, v => Math.Cos(v[0])),
        "min" => Map(operands, v => Math.Min(v[0], v[1])),
        "max" => Map(operands, v => Math.Max(v[0], v[1])),
        "f" => Map(operands, v => _activation(v[0])),
        "select>" => Map(operands, v => v[0] > v[1] ? v[2] : v[3]),
        "select<" => Map(operands, v => v[0] < v[1] ? v[2] : v[3]),
        "select>=" => Map(operands, v => v[0] >= v[1] ? v[2] : v[3]),
        "select<=" => Map(operands, v => v[0] <= v[1] ? v[2] : v[3]),
        "mean" => new(Spread([operands[0].Data.Average()], operands[0].Data.Length)),
        "norm" => new(Normalised(operands[0].Data)),
        _ => throw new FormatException($"'{function}' is no function."),
    };

    private static double[] Normalised(double[] values)
    {
        double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
        return [.. values.Select(v => (v - mean) / Math.Sqrt(variance + 1e-5))];
    }

    private static Value Map(Value[] operands, Func<double[], double> function)
    {
        int width = operands.Max(o => o.IsNumber ? 0 : o.Data.Length);
        Value? misfit = operands.Cast<Value?>().FirstOrDefault(o => !o!.Value.IsNumber && o.Value.Data.Length != width);
        if (misfit is { } value)
        {
            throw new FormatException($"A value of width {value.Data.Length} meets one of width {width}.");
        }

        double At(int i) => function([.. operands.Select(o => o.IsNumber ? o.Data[0] : o.Data[i])]);
        return width == 0 ? new([At(0)], true) : new([.. Enumerable.Range(0, width).Select(At)]);
    }

    private static double[] Spread(double[] value, int width) => value.Length == width ? value : [.. Enumerable.Repeat(value.Single(), width)];
}
