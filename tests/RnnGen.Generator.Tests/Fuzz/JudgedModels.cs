using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>A declaration in a namespace of its own.</summary>
/// <param name="Name">What a failure calls it.</param>
/// <param name="Text">Its file, <c>namespace FuzzN…</c>.</param>
/// <param name="Seed">Of the numbers that it is run with.</param>
internal sealed record JudgedModel(string Name, string Text, int Seed)
{
    /// <summary>The first part of its namespace.</summary>
    public string Root { get; } = Text.Split("namespace ")[1].Split('.', ';', '\n', ' ', '{')[0];
}

/// <summary>Compiles models in both precisions, loads them, and lets a <see cref="ModelJudge{TModel, TNumber, TInput, TTarget}"/> judge each.</summary>
internal sealed partial class JudgedModels
{
    private readonly List<string> _failures = [];
    private int _models, _checked, _atKinks, _again;

    public IReadOnlyList<string> Failures => _failures;

    public int Models => _models;

    public int Derivatives => _checked;

    public string Counts() => $"{_models} models, {_checked} directional derivatives checked, {_atKinks} at kinks of ReLU, max and absolute values; {_again} judged again with other numbers.";

    /// <summary>The declaration in a precision; in single precision in a namespace beside the other.</summary>
    public static string In(string text, Precision precision)
    {
        string with = Written().Replace(text, "");
        with = with.Replace("OutputSize = ", $"Precision = Precision.{precision}, OutputSize = ", StringComparison.Ordinal);
        return precision == Precision.Double ? with : with.Replace("namespace Fuzz", "namespace SingleFuzz", StringComparison.Ordinal);
    }

    // In each precision, and with weights as numbers: what is judged is exact.
    [GeneratedRegex(@"(Precision = Precision|PredictionWeights = WeightFormat)\.\w+, |, (Precision = Precision|PredictionWeights = WeightFormat)\.\w+")]
    private static partial Regex Written();

    /// <summary>Whether it is a model that compiles, whose file keeps nothing to itself.</summary>
    public static bool IsSound(string text)
    {
        CSharpCompilation compilation = Compiler.Create(text);
        return !text.Contains("unsafe", StringComparison.Ordinal) && !compilation.GetDiagnostics().Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error)
            && Declared(compilation).Any() && Compiler.Faults(compilation, [.. WeightsFiles.Fitting(compilation)]).IsEmpty;
    }

    private static IEnumerable<ModelSpecification> Declared(CSharpCompilation compilation) => compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
        .Select(type => ModelCheck.Of(type, CancellationToken.None).Specification).OfType<ModelSpecification>();

    public void Run(IReadOnlyList<JudgedModel> models)
    {
        CSharpCompilation compilation = Compiler.Create([.. models.Select(model => In(model.Text, Precision.Double)), .. models.Select(model => In(model.Text, Precision.Single))]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        using var stream = new MemoryStream();
        (Compilation whole, GeneratorRunResult generated) = Compiler.Generate(compilation, [.. WeightsFiles.Fitting(compilation)]);
        EmitResult emitted = whole.Emit(stream);
        if (!emitted.Success || generated.Exception is not null)
        {
            // One takes the others with it: which?
            foreach (JudgedModel model in models.Count == 1 ? [] : models)
            {
                Run([model]);
            }

            if (models.Count == 1)
            {
                _models++;
                _failures.Add($"{models[0].Name}: {generated.Exception}\n{string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(5))}\n{models[0].Text}");
            }

            return;
        }

        // It goes when nothing is left of it, so that a long run keeps no more than it needs.
        stream.Position = 0;
        AssemblyLoadContext context = new("drawn", isCollectible: true);
        Type[] types = [.. context.LoadFromStream(stream).GetTypes().Where(type => Face(type) is not null)];
        foreach (JudgedModel model in models)
        {
            _models++;
            if (types.SingleOrDefault(Is(model.Root)) is not { } inDouble || types.SingleOrDefault(Is("Single" + model.Root)) is not { } inSingle)
            {
                _failures.Add($"{model.Name}: {string.Join("\n", Compiler.Analyze(compilation))}\n{model.Text}");
                continue;
            }

            Judge(inDouble, inSingle, model);
        }

        context.Unload();

        static Func<Type, bool> Is(string root) => type => type.Namespace!.Split('.')[0] == root;
    }

    private static Type? Face(Type type) => type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IRnnModel<,,,>));

    // Where a ReLU or a maximum is at its kink, two ways to the same number may be on either side of it: that does not happen twice. A fault does.
    private void Judge(Type inDouble, Type inSingle, JudgedModel model)
    {
        foreach (int attempt in (int[])[0, 1_000_000, 2_000_000])
        {
            _again += attempt > 0 ? 1 : 0;
            List<string> faults = [];
            Measured? measured = Judge(inDouble, model.Text, model.Seed + attempt, null, faults);
            Judge(inSingle, model.Text, model.Seed + attempt, measured, faults);
            if (faults.Count == 0)
            {
                return;
            }

            if (attempt == 2_000_000)
            {
                _failures.Add($"{model.Name}: {string.Join("\n  ", faults.Take(8))}\n{model.Text}");
            }
        }
    }

    private Measured? Judge(Type model, string text, int seed, Measured? reference, List<string> faults)
    {
        MethodInfo judge = GetType().GetMethod(nameof(JudgeModel), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(Face(model)!.GetGenericArguments());
        try
        {
            return (Measured?)judge.Invoke(this, BindingFlags.DoNotWrapExceptions, null, [text, seed, reference, faults], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is ArithmeticException or NonFiniteException or ArgumentException or InvalidOperationException or NullReferenceException or IndexOutOfRangeException)
        {
            faults.Add(exception.ToString());
            return null;
        }
    }

    private Measured JudgeModel<TModel, TNumber, TInput, TTarget>(string text, int seed, Measured? reference, List<string> faults)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        var judge = new ModelJudge<TModel, TNumber, TInput, TTarget>(text, seed, reference?.Parameters);
        Measured measured = judge.Run(reference);
        _checked += judge.Derivatives.Checked;
        _atKinks += judge.Derivatives.AtKinks;
        faults.AddRange(judge.Faults.Select(fault => $"{typeof(TNumber).Name}: {fault}"));
        return measured;
    }
}
