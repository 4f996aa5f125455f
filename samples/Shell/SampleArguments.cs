namespace RnnGen.Samples;

/// <summary>The options of a command line, with defaults for those that are not given.</summary>
public sealed class SampleArguments
{
    private readonly Dictionary<string, SampleOption> _options;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _numbers = new(StringComparer.Ordinal);

    private SampleArguments(IEnumerable<SampleOption> options) => _options = options.ToDictionary(o => o.Name, StringComparer.Ordinal);

    /// <summary>Reads a command line.</summary>
    /// <param name="options">All options that there are.</param>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or has one that does not fit.</exception>
    public static SampleArguments Parse(IEnumerable<SampleOption> options, IReadOnlyList<string> arguments)
    {
        SampleArguments parsed = new(options);
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i] == "-h" ? "--help" : arguments[i];
            if (!parsed._options.TryGetValue(name, out SampleOption? option))
            {
                throw new UsageException($"There is no option '{name}'; --help lists them.");
            }

            string value = option.Value is null ? ""
                : i + 1 < arguments.Count && arguments[i + 1].Length > 0 ? arguments[++i]
                : throw new UsageException($"The option {name} needs a value.");
            parsed._given[name] = value;
            if (option.Number is not null)
            {
                parsed._numbers[name] = option.Read(value);
            }
        }

        return parsed;
    }

    /// <summary>Whether an option is given.</summary>
    public bool Has(string name) => _given.ContainsKey(Option(name).Name);

    /// <summary>The value of an option with a text; null for none.</summary>
    public string? Text(string name) => _given.GetValueOrDefault(name, Option(name).Text!);

    /// <summary>The value of an option with a whole number.</summary>
    public int Whole(string name) => (int)Number(name);

    /// <summary>The value of an option with a number: what is given, or else the default with <c>--quick</c>, with <c>--data</c>, or without both.</summary>
    public double Number(string name)
    {
        SampleOption option = Option(name);
        return _numbers.TryGetValue(name, out double given) ? given
            : _given.ContainsKey("--quick") && option.Quick is { } quick ? quick
            : _given.ContainsKey("--data") && option.WithData is { } withData ? withData
            : option.Number ?? throw new ArgumentException($"The option {name} has no number.", nameof(name));
    }

    private SampleOption Option(string name) => _options.TryGetValue(name, out SampleOption? option)
        ? option
        : throw new ArgumentException($"The sample declares no option {name}.", nameof(name));
}
