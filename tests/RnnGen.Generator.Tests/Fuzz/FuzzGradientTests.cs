using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Tests.Harness;
using Xunit.Abstractions;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>A sample of the random declarations that are sound is compiled, loaded and run in double precision: gradients against differences of the loss.</summary>
/// <remarks>
/// <c>RNNGEN_FUZZ_GRADIENTS=200 dotnet test -c Release tests/RnnGen.Generator.Tests --filter FullyQualifiedName~FuzzGradientTests --logger "console;verbosity=detailed"</c>
/// checks so many models; <c>RNNGEN_FUZZ_SEED</c> chooses others.
/// </remarks>
public sealed class FuzzGradientTests(ITestOutputHelper output)
{
    private const int PerCompilation = 4, Directions = 3;

    /// <summary>How far two differences of the loss with different steps may be apart where it has derivatives: about the root of what rounding does to either.</summary>
    private const double Smooth = 1e-6;

    private int _checked, _atKinks;

    [Fact]
    public void GradientsAreDifferencesOfTheLoss()
    {
        int count = Setting("RNNGEN_FUZZ_GRADIENTS", 4), seed = Setting("RNNGEN_FUZZ_SEED", 1);
        var random = new Random(seed);
        var declarations = new RandomDeclaration(random);
        int models = 0;
        for (int number = 0; models < count;)
        {
            var texts = new List<string>();
            while (texts.Count < Math.Min(PerCompilation, count - models))
            {
                string text = InDouble(declarations.Next(number++));
                if (IsSound(text))
                {
                    texts.Add(text);
                }
            }

            models += texts.Count;
            Run([.. texts], seed);
        }

        output.WriteLine($"{models} models, {_checked} directional derivatives checked, {_atKinks} at kinks of ReLU, max and absolute values.");
        _checked.ShouldBeGreaterThan(models * Directions / 2);
    }

    private static string InDouble(string text) => text.Contains("Precision = ", StringComparison.Ordinal) ? text : text.Replace("Loss = ", "Precision = Precision.Double, Loss = ", StringComparison.Ordinal);

    /// <summary>Whether it is a model that compiles, whose file keeps nothing to itself.</summary>
    private static bool IsSound(string text)
    {
        CSharpCompilation compilation = Compiler.Create(text);
        return !text.Contains("unsafe", StringComparison.Ordinal) && !compilation.GetDiagnostics().Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error)
            && Models(compilation).Any() && Compiler.Faults(compilation).IsEmpty;
    }

    private static IEnumerable<ModelSpecification> Models(CSharpCompilation compilation) => compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
        .Select(type => ModelParser.Parse(type, CancellationToken.None).Specification).OfType<ModelSpecification>();

    private void Run(string[] texts, int seed)
    {
        CSharpCompilation compilation = Compiler.Create(texts);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release).WithGeneralDiagnosticOption(ReportDiagnostic.Suppress));
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = Compiler.Generate(compilation).Output.Emit(stream);
        emitted.Success.ShouldBeTrue(string.Join("\n", emitted.Diagnostics) + string.Join("\n", texts));
        int found = 0;
        foreach (Type type in Assembly.Load(stream.ToArray()).GetTypes())
        {
            if (type.GetInterfaces().FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IRnnModel<,,,>)) is { } model)
            {
                Type[] arguments = model.GetGenericArguments();
                MethodInfo check = GetType().GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(arguments[0], arguments[2], arguments[3]);
                string declared = texts.First(text => text.Contains(type.Namespace!.Split('.')[0] + ".", StringComparison.Ordinal));
                check.Invoke(this, BindingFlags.DoNotWrapExceptions, null, [declared, seed], CultureInfo.InvariantCulture);
                found++;
            }
        }

        found.ShouldBe(texts.Length);
    }

    /// <summary>Derivatives of the loss of three sequences along random directions in the space of the parameters that are learned.</summary>
    private void Check<TModel, TInput, TTarget>(string declared, int seed)
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        const int Sequences = 3;
        ModelLayout layout = TModel.Layout;
        var random = new Random(seed);
        TModel model = TModel.Create(seed);
        TInput[] inputs = [.. Enumerable.Range(0, Sequences * layout.InputLength).Select(_ => Input())];
        TTarget[] targets = [.. Enumerable.Range(0, Sequences * layout.TargetLength).Select(Target)];

        // Biases and gains that are 0 or 1 at first would hide mistakes.
        double[] at = [.. model.Parameters.ToArray().Select(value => value + 0.1 * (random.NextDouble() - 0.5))];
        double[] gradient = new double[layout.ParameterCount], ignored = new double[layout.ParameterCount];
        Loss(at, gradient);
        for (int i = 0; i < Directions; i++)
        {
            double[] direction = new double[layout.ParameterCount];
            foreach (ParameterInfo parameter in layout.Parameters.Where(parameter => !parameter.IsFrozen))
            {
                foreach (ref double value in direction.AsSpan(parameter.Offset, parameter.Length))
                {
                    value = random.NextDouble() - 0.5;
                }
            }

            double analytic = gradient.Zip(direction, (g, d) => g * d).Sum();
            double wide = Stencil(direction, 1e-3), narrow = Stencil(direction, 5e-4);
            double scale = Math.Abs(analytic) + Math.Abs(narrow) + 1e-3;
            if (Math.Abs(wide - narrow) > Smooth * scale)
            {
                _atKinks++;
                continue;
            }

            Math.Abs(analytic - narrow).ShouldBeLessThan(10 * Smooth * scale, $"{analytic} and {narrow} by the stencil\n{declared}");
            _checked++;
        }

        double Stencil(double[] direction, double step) =>
            ((8 * (Moved(direction, step) - Moved(direction, -step))) - (Moved(direction, 2 * step) - Moved(direction, -2 * step))) / (12 * step);

        double Moved(double[] direction, double step) => Loss([.. at.Zip(direction, (value, d) => value + (step * d))], ignored);

        double Loss(double[] parameters, double[] into)
        {
            model.SetParameters(parameters);
            if (model is IDropsUnits drops)
            {
                drops.DropoutStep = 0;
            }

            return model.ComputeGradients(inputs, targets, Sequences, into);
        }

        TInput Input() => typeof(TInput) == typeof(int) ? (TInput)(object)random.Next(layout.VocabularySize) : (TInput)(object)(2 * random.NextDouble() - 1);

        // A label that fills no step but one is what every CTC target can be.
        TTarget Target(int index) => typeof(TTarget) != typeof(int) ? (TTarget)(object)random.NextDouble()
            : layout.LabelLength == 0 ? (TTarget)(object)random.Next(layout.ClassCount)
            : (TTarget)(object)(index % layout.LabelLength == 0 ? random.Next(1, layout.ClassCount) : 0);
    }

    private static int Setting(string name, int unlessSet) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : unlessSet;
}
