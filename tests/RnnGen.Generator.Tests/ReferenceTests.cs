using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using RnnGen.Data;
using RnnGen.Display;
using RnnGen.Forecasting;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>
/// What <c>docs/reference</c> says of the options is what the code does. A heading that is a type's name begins its section; a row is a property with its default and the values that it takes, or a
/// method or constructor with its parameters and their defaults.
/// </summary>
public sealed partial class ReferenceTests
{
    private static readonly Assembly[] s_libraries = [typeof(FitOptions).Assembly, typeof(CsvOptions).Assembly, typeof(TrainingReport).Assembly, typeof(SeriesSet).Assembly];

    /// <summary>Instances of types whose constructors need something.</summary>
    private static readonly Func<object>[] s_instances =
        [() => new Sgd(0.5), () => new CheckpointOptions("folder"), () => new TensorBoardLog("runs"), () => new TrainingReport("report.html"), () => new ForecastPlot("plot", (float[])[1, 2, 3]), () => new FanChart("fan", [1.0], [2.0]), () => new Naive(), () => new RidgeLags(1), () => new ConformalForecaster(new Naive(), [0.5]), () => new EnsembleForecaster(new Naive()), () => new TrainedEnsemble(new Naive().Fit(SeriesSet.FromArrays(["a"], [[1, 2]]), 1))];

    /// <summary>Records with properties that can be set, and that are results and no options.</summary>
    private static readonly Type[] s_results = [typeof(Evaluation), typeof(ParameterInfo), typeof(GradientFlow), typeof(InputInfo), typeof(LabelledSeries), typeof(TrainingResult), typeof(Attribution), typeof(DropoutPlace), typeof(TimeSeries), typeof(SeasonLags), typeof(BacktestForecasts), typeof(ProcessTraffic)];

    /// <summary>Declarations that have parameters of every kind between them.</summary>
    private static readonly string[] s_models =
    [
        """
        [RnnModel(Architecture.ManyToOne, SequenceLength = 3, OutputSize = 2)]
        [Feature("weekday", Categories = 7, EmbeddingSize = 3)]
        [Gru(4)]
        public sealed partial class M;
        """,
        """
        [RnnModel(Architecture.ManyToOne, SequenceLength = 3, OutputSize = 2, Loss = Loss.CrossEntropy, InitialState = InitialState.Learned)]
        [Embedding(9, 4)]
        [Conv1D(4, 2)]
        [Lstm(4, Bidirectional = true)]
        [LayerNorm]
        [Dense(5)]
        [PeepholeLstm(4)]
        public sealed partial class M;
        """,
        """
        [RnnModel(Architecture.EncoderDecoder, SequenceLength = 3, OutputLength = 3, OutputSize = 7, Loss = Loss.CrossEntropy)]
        [Embedding(9, 4)]
        [Gru(4, Bidirectional = true)]
        [Decoder(Attention = Attention.Additive)]
        [Embedding(7, 4)]
        [Gru(4)]
        public sealed partial class M;
        """,
    ];

    private static readonly ILookup<string, string[]> s_rows = Rows();

    public static TheoryData<string> Sections() => [.. s_rows.Select(section => section.Key).Where(name => Find(name) is not null)];

    [Theory]
    [MemberData(nameof(Sections))]
    public void MembersAreAllThereWithTheirDefaults(string section)
    {
        Type type = Find(section)!;
        string[] said = [.. s_rows[section].Select(row => Code(row[0]))];
        said.GroupBy(row => row).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();
        string[] signatures = [.. Methods(type).Select(Signature)];
        string[] settable = [.. Settable(type).Where(_ => HasOptions(type)).Select(property => property.Name)];
        Methods(type).Where(method => IsListed(method, type)).Select(Signature).Concat(settable).Concat(Overridable(type)).Distinct()
            .Except(said.Select(Numbers)).ShouldBeEmpty($"{section} has them, and its section lacks a row");
        said.Where(row => row.Contains('(', StringComparison.Ordinal)).Select(Numbers).Except(signatures).ShouldBeEmpty($"the section of {section} says them, and it has {string.Join("; ", signatures)}");
        said.Where(row => !row.Contains('(', StringComparison.Ordinal)).Except(type.GetMembers().Select(member => member.Name)).ShouldBeEmpty($"the section of {section} says them");
        foreach (string[] row in s_rows[section].Where(row => settable.Contains(Code(row[0]))))
        {
            row.Length.ShouldBe(4, $"{section}.{row[0]}: property, default, values, meaning");
            CheckDefault(type, type.GetProperty(Code(row[0]))!, row[1]);
        }
    }

    /// <summary>The values at the ends of what a section says are taken, and those beyond are an error when they are set.</summary>
    [Theory]
    [MemberData(nameof(Sections))]
    public void RangesAreWhatIsSaid(string section)
    {
        Type type = Find(section)!;
        foreach (string[] row in s_rows[section].Where(row => row.Length == 4))
        {
            PropertyInfo property = type.GetProperty(Code(row[0]))!;
            Type number = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (number == typeof(int) || number == typeof(double))
            {
                CheckRange(property, number, row[2], $"{section}.{property.Name}");
            }
        }
    }

    /// <summary>Whatever has options has a section.</summary>
    [Fact]
    public void EveryTypeWithOptionsHasASection()
    {
        Type[] types = [.. s_libraries.SelectMany(library => library.GetExportedTypes()).Where(type => !IsHidden(type) && !type.IsInterface && !type.IsSubclassOf(typeof(Attribute)) && !type.IsSubclassOf(typeof(Exception)))];
        types.Where(type => (HasOptions(type) && !s_results.Contains(type)) || HasDefaults(type)).Select(Name).Distinct()
            .Except(s_rows.Select(section => section.Key)).ShouldBeEmpty("each needs a section in docs/reference, with its name as heading");
    }

    [Fact]
    public void LimitsOfDeclarationsAreTheGenerators()
    {
        string page = Page("docs/attributes.md");
        foreach (long limit in (long[])[Limits.Size, Limits.Vocabulary, ModelSize.ParametersLimit, ModelSize.BufferLimit, ModelSize.LinesLimit])
        {
            page.ShouldContain(limit.ToString("N0", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The page of the cells has the attribute of each and, letter by letter, the equations of its file.</summary>
    [Fact]
    public void EquationsAreThoseOfTheCells()
    {
        string page = Page("docs/reference/cells.md");
        Type[] cells = [.. s_libraries[0].GetExportedTypes().Where(type => type.IsSubclassOf(typeof(RecurrentLayerAttribute)) && !type.IsGenericType)];
        cells.Length.ShouldBeGreaterThan(15);
        foreach (string name in cells.Select(cell => cell.Name[..^nameof(Attribute).Length]))
        {
            string folder = Path.Combine(Repository.Root, "src/RnnGen.Generator/Cells");
            string file = Directory.GetFiles(folder, "*.cell").Single(path => string.Equals(Path.GetFileNameWithoutExtension(path), name, StringComparison.OrdinalIgnoreCase));
            string equations = string.Join('\n', File.ReadLines(file).Where(line => !line.StartsWith('#') && !line.StartsWith("cell ", StringComparison.Ordinal))).Trim('\n');
            page.ShouldContain($"\n## {name}\n", Case.Sensitive);
            page.Split($"\n## {name}\n")[1].Split("```text\n")[1].Split("\n```")[0].ShouldBe(equations, name);
        }
    }

    /// <summary>Models of every kind have no parameter that the page lacks, and the page has none that no model has.</summary>
    [Fact]
    public void ParametersAreNamedAsThePageSays()
    {
        (string Pattern, int Dimensions)[] rows =
        [
            .. Page("docs/reference/parameters.md").Split('\n').Select(Cells).Where(cells => cells.Length == 3 && cells[1].StartsWith('['))
                .Select(cells => (Code(cells[0]), cells[1].Contains("the cell's", StringComparison.Ordinal) ? 0 : cells[1].Count(c => c == ',') + 1)),
        ];
        HashSet<string> met = [];
        foreach (PlannedTensor tensor in s_models.SelectMany(source => ModelPlanner.Plan(Compiler.Parse(source).Specification.ShouldNotBeNull(source)).Flow.Tensors))
        {
            string name = Prefix().Replace(tensor.Name, "");
            (string pattern, int dimensions) = rows.OrderBy(row => row.Pattern.Contains("{name}", StringComparison.Ordinal)).FirstOrDefault(row => Regex.IsMatch(name, $"^{Placeholder().Replace(Regex.Escape(row.Pattern), @"\w+")}$"));
            pattern.ShouldNotBeNull($"the page has no row for {tensor.Name}");
            (dimensions == 0 || dimensions == tensor.Shape.Count).ShouldBeTrue($"{tensor.Name} has {tensor.Shape.Count} dimensions");
            met.Add(pattern);
        }

        rows.Select(row => row.Pattern).Except(met).ShouldBeEmpty("no model of this test has them");
    }

    /// <summary>The page has the instruments that the runtime creates, and no other.</summary>
    [Fact]
    public void InstrumentsAreThoseOfTheMeter()
    {
        string sources = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "src/RnnGen"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        string[] created = [.. Instrument().Matches(sources).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
        created.Length.ShouldBeGreaterThan(3);
        s_rows["Meter"].Select(row => Code(row[0])).Order(StringComparer.Ordinal).ShouldBe(created);
    }

    /// <summary>What only generated code calls is public and yet shown to nobody: not in editors, not on the site.</summary>
    [Fact]
    public void TheRuntimesTypesAreHidden() =>
        s_libraries[0].GetExportedTypes().Where(type => type.Namespace == "RnnGen.Runtime" && !type.IsNested && !IsHidden(type)).Select(type => type.Name).ShouldBeEmpty();

    private static void CheckDefault(Type type, PropertyInfo property, string said)
    {
        object instance = Instance(type);
        string place = $"{Name(type)}.{property.Name}";
        string text = Code(said.Split(": ")[0]);
        if (instance.GetType().GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase))))
        {
            said.ShouldBe("the constructor's", place);
            return;
        }

        object? value = property.GetValue(instance);
        if (value is double or int)
        {
            double.Parse(text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture).ShouldBe(Convert.ToDouble(value, CultureInfo.InvariantCulture), place);
            return;
        }

        string expected = value switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            string or char or Enum or TimeSpan or NonFinitePolicy or Scaling => value.ToString()!,
            System.Collections.IEnumerable many => many.Cast<object>().Any() ? string.Join(", ", many.Cast<object>().Select(one => FormattableString.Invariant($"{one}"))) : "empty",
            Monitor => $"Monitor.{char.ToUpperInvariant(value.ToString()![0])}{value.ToString()![1..]}",
            Spectre.Console.IAnsiConsole => "standard output",
            _ => throw new InvalidOperationException($"{place}: say here how a default of type {value.GetType()} is written."),
        };
        (text == expected || text == expected + ", …").ShouldBeTrue($"{place} is {expected} by default, and the page says {said}");
    }

    private static void CheckRange(PropertyInfo property, Type number, string said, string place)
    {
        object instance = Instance(property.DeclaringType!);
        bool isWhole = number == typeof(int);
        double step = isWhole ? 1 : 1e-6;
        if (!isWhole)
        {
            Taken(double.NaN).ShouldBeFalse($"{place} takes NaN");
        }

        if (said is "any" or "finite")
        {
            Taken(isWhole ? int.MinValue : -1e30).ShouldBeTrue(place);
            Taken(isWhole ? int.MaxValue : 1e30).ShouldBeTrue(place);
            return;
        }

        Match range = Range().Match(said);
        range.Success.ShouldBeTrue($"{place}: write 'any', 'finite', 'at least a', 'above a', 'from a to b', 'above a to b' or 'from a to below b', and not '{said}'");
        double low = double.Parse(range.Groups["low"].Value, CultureInfo.InvariantCulture);
        bool isOpen = range.Groups["from"].Value == "above";
        Taken(isOpen ? low + step : low).ShouldBeTrue($"{place} is {said} and does not take its lowest value");
        Taken(isOpen ? low : low - step).ShouldBeFalse($"{place} is {said} and takes a lower value");
        if (range.Groups["high"].Success)
        {
            double high = double.Parse(range.Groups["high"].Value, CultureInfo.InvariantCulture);
            bool isBelow = range.Groups["below"].Success;
            Taken(isBelow ? high - step : high).ShouldBeTrue($"{place} is {said} and does not take its greatest value");
            Taken(isBelow ? high : high + step).ShouldBeFalse($"{place} is {said} and takes a greater value");
        }

        bool Taken(double value)
        {
            try
            {
                property.SetValue(instance, isWhole ? (object)(int)value : value);
                return true;
            }
            catch (TargetInvocationException exception) when (exception.InnerException is ArgumentOutOfRangeException)
            {
                return false;
            }
        }
    }

    private static object Instance(Type type)
    {
        if (s_instances.Select(make => make()).FirstOrDefault(type.IsInstanceOfType) is { } found)
        {
            return found;
        }

        ConstructorInfo constructor = type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]);
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !IsRequired(property));

    // By its name: the generator has one of its own for its older framework.
    private static bool IsRequired(PropertyInfo property) => property.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RequiredMemberAttribute");

    /// <summary>Records whose every property is an option: none is required, as what a result says is.</summary>
    private static bool HasOptions(Type type) =>
        Settable(type).Any() && !type.GetProperties().Any(IsRequired) && !type.IsGenericType;

    private static bool HasDefaults(Type type) => Methods(type).Where(method => IsListed(method, type))
        .Any(method => method.GetParameters().Any(parameter => parameter.HasDefaultValue && parameter.DefaultValue is not null));

    private static IEnumerable<MethodBase> Methods(Type type) =>
        ((MethodBase[])[.. type.GetConstructors(), .. type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)])
        .Where(method => !IsHidden(method) && (method is ConstructorInfo || !method.IsSpecialName));

    /// <summary>What a section must have: constructors and static methods with parameters that may be left out.</summary>
    private static bool IsListed(MethodBase method, Type type) => (method.IsStatic || method is ConstructorInfo) && method.GetParameters().Any(parameter => parameter.IsOptional) && !type.IsSubclassOf(typeof(Delegate));

    private static IEnumerable<string> Overridable(Type type) => type == typeof(TrainingCallback) ? type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(method => method.Name) : [];

    private static bool IsHidden(MemberInfo member) => member.GetCustomAttribute<EditorBrowsableAttribute>()?.State == EditorBrowsableState.Never || member.IsDefined(typeof(ObsoleteAttribute));

    private static string Signature(MethodBase method) => Numbers($"{(method is ConstructorInfo ? Name(method.DeclaringType!) : method.Name)}({string.Join(", ", method.GetParameters().Select(Text))})");

    private static string Text(System.Reflection.ParameterInfo parameter) => !parameter.IsOptional ? parameter.Name! : parameter.DefaultValue switch
    {
        null => $"{parameter.Name} = {(parameter.ParameterType.IsGenericParameter ? "0" : "null")}",
        bool flag => $"{parameter.Name} = {(flag ? "true" : "false")}",
        string text => $"{parameter.Name} = \"{text}\"",
        object value => FormattableString.Invariant($"{parameter.Name} = {value}"),
    };

    /// <summary>Each number in one form, however it is written.</summary>
    private static string Numbers(string text) => Number().Replace(text, match => double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));

    private static string Name(Type type) => type.Name.Split('`')[0];

    /// <summary>The type of that name; of two, the one without type parameters.</summary>
    private static Type? Find(string name) => s_libraries.SelectMany(library => library.GetExportedTypes()).Where(type => Name(type) == name && !type.IsSubclassOf(typeof(Delegate)))
        .OrderBy(type => type.GetGenericArguments().Length).FirstOrDefault();

    private static ILookup<string, string[]> Rows()
    {
        List<(string Section, string[] Cells)> rows = [];
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "docs/reference"), "*.md"))
        {
            string section = "";
            foreach (string line in File.ReadLines(file))
            {
                section = line.StartsWith('#') ? line.TrimStart('#').Trim() : section;
                if (line.StartsWith("| `", StringComparison.Ordinal))
                {
                    rows.Add((section, Cells(line)));
                }
            }
        }

        return rows.ToLookup(row => row.Section, row => row.Cells);
    }

    private static string Page(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    private static string[] Cells(string line) => line.StartsWith('|') ? [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())] : [];

    private static string Code(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<from>at least|above|from) (?<low>-?[\d.]+)( to (?<below>below )?(?<high>[\d.]+))?$")]
    private static partial Regex Range();

    [GeneratedRegex(@"(?<=[ (])\d[\d.]*([eE][+-]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex("\"(rnngen[.](training|validation|prediction)[.a-z]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex("^decoder[.]|_reverse$")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\\{\w+}")]
    private static partial Regex Placeholder();
}
