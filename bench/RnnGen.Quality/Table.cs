using System.Globalization;
using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen.Quality;

/// <summary>How much worse a score may be in fewer bits.</summary>
internal enum Bound
{
    /// <summary>At most 0.3 points: for scores in percent.</summary>
    Points,

    /// <summary>At most 0.5 percent of the score.</summary>
    Part,
}

/// <summary>What is asked of a model.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Measure">The score and its unit.</param>
/// <param name="Digits">Digits behind the point.</param>
/// <param name="IsError">Whether less is better.</param>
/// <param name="Bound">How much worse a score may be.</param>
internal sealed record Question(string Model, string Measure, int Digits, bool IsError, Bound Bound);

/// <summary>The same trained weights in each format, and what they score.</summary>
/// <param name="folder">Where the files go.</param>
internal sealed class Table(string folder)
{
    private const double Points = 0.3, Part = 0.005;

    /// <summary>How many Int8 scores are worse than their bound.</summary>
    public int Misses { get; private set; }

    /// <summary>Prints the first lines.</summary>
    public static void Begin() => Console.WriteLine("""
        | model | measure | `Float` | `BFloat16` | `Int8` | `Int8` is worse by | file, KB: `Float`, `BFloat16`, `Int8` |
        |---|---|---|---|---|---|---|
        """);

    /// <summary>Saves a trained model in each format, scores what models of each format load from it, and prints a line.</summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of its inputs.</typeparam>
    /// <typeparam name="TTarget">The type of its targets.</typeparam>
    /// <param name="question">What is asked.</param>
    /// <param name="model">The trained model, which computes in float.</param>
    /// <param name="scores">The score of a model of each format, loaded from a file.</param>
    public void Add<TModel, TNumber, TInput, TTarget>(Question question, IRnnModel<TModel, TNumber, TInput, TTarget> model, (Func<string, double> Float, Func<string, double> BFloat16, Func<string, double> Int8) scores)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        double[] found = new double[3];
        long[] bytes = new long[3];
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            string file = Path.Combine(folder, $"{TModel.Layout.ModelName}-{format}.safetensors");
            ModelFile.Save(TModel.Layout, model.Parameters, file, format);
            Func<string, double> score = format switch
            {
                WeightFormat.Float => scores.Float,
                WeightFormat.BFloat16 => scores.BFloat16,
                WeightFormat.Int8 => scores.Int8,
                _ => throw new InvalidOperationException($"There is no format {format}."),
            };
            (found[(int)format], bytes[(int)format]) = (score(file), new FileInfo(file).Length);
        }

        double worse = question.IsError ? found[2] - found[0] : found[0] - found[2];
        bool isWithin = question.Bound switch
        {
            Bound.Points => worse <= Points,
            Bound.Part => worse <= Part * found[0],
            _ => throw new InvalidOperationException($"There is no bound {question.Bound}."),
        };
        Misses += isWithin ? 0 : 1;
        string by = question.Bound == Bound.Points ? string.Create(CultureInfo.InvariantCulture, $"{worse:F3} points") : string.Create(CultureInfo.InvariantCulture, $"{100 * worse / found[0]:F2} %");
        Console.WriteLine($"| {question.Model} | {question.Measure} | {string.Join(" | ", found.Select(f => f.ToString($"F{question.Digits}", CultureInfo.InvariantCulture)))} | {by}{(isWithin ? "" : " ✗")} | {string.Join(", ", bytes.Select(b => (b + 512) / 1024))} |");
    }
}
