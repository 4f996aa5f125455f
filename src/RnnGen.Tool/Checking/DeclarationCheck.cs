using System.Numerics;
using System.Reflection;
using RnnGen.Exchange;
using RnnGen.Runtime;

namespace RnnGen.Tool.Checking;

/// <summary>What a check found.</summary>
internal sealed record CheckedModel
{
    /// <summary>Sequences that were compared.</summary>
    public required int Sequences { get; init; }

    /// <summary>Steps of the longest one.</summary>
    public required int Steps { get; init; }

    /// <summary>The largest difference of an output.</summary>
    public required double Difference { get; init; }

    /// <summary>What it may be.</summary>
    public required double Bound { get; init; }

    /// <summary>Where the model was compared in double and is not of it: how far rounding to float moves an output. Null for all others.</summary>
    public double? Rounding { get; init; }

    /// <summary>What the compiled class says of itself, for the header of its weights.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }
}

/// <summary>Runs the generator on the declaration of an imported model, loads its weights and compares what it predicts with the equations of the file's format.</summary>
internal static class DeclarationCheck
{
    private const int Sequences = 3;

    // Of the largest output, and at least of 1.
    private const double SingleBound = 1e-5, DoubleBound = 1e-10;

    /// <summary>
    /// Compares in the file's number type. Where large weights carry the rounding of floats further than the bound, the same declaration in double decides, with the same weights before they were rounded.
    /// </summary>
    /// <param name="model">What was read.</param>
    /// <param name="options">The class.</param>
    /// <param name="weights">Its weights' file.</param>
    /// <exception cref="CheckException">The declaration does not compile, or computes other numbers.</exception>
    public static CheckedModel Run(ForeignModel model, DeclarationOptions options, byte[] weights)
    {
        CheckedModel found = Compared(model, model.Precision, options, weights);
        if (found.Difference <= found.Bound)
        {
            return found;
        }

        if (model.Precision == Precision.Single && double.IsFinite(found.Difference) && weights.AsSpan().SequenceEqual(model.ToWeights(options.Name)))
        {
            CheckedModel exact = Compared(model, Precision.Double, options, model.WeightsIn(Precision.Double, options.Name));
            if (exact.Difference <= exact.Bound)
            {
                return exact with { Rounding = found.Difference, Metadata = found.Metadata };
            }
        }

        throw new CheckException(double.IsFinite(found.Difference)
            ? Invariant($"The declared model computes other numbers than its file: an output differs by {found.Difference:0.#E+0}, where {found.Bound:0.#E+0} is allowed. Nothing was written.")
            : Invariant($"An output of the declared model is no finite number, where the file's equations in double give one: its numbers are too large for {(model.Precision == Precision.Single ? "float" : "double")}. Nothing was written; --no-check writes it all the same."));
    }

    private static CheckedModel Compared(ForeignModel model, Precision precision, DeclarationOptions options, byte[] weights)
    {
        Type type = CompiledDeclaration.Compile(model.DeclarationIn(precision, options), options.Namespace is null ? options.Name : Invariant($"{options.Namespace}.{options.Name}"));
        Type[] arguments = type.GetInterfaces().Single(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRnnModel<,,,>)).GetGenericArguments();
        MethodInfo compare = typeof(DeclarationCheck).GetMethod(nameof(Compare), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments);
        return compare.CreateDelegate<Func<ForeignModel, Precision, byte[], CheckedModel>>()(model, precision, weights);
    }

    private static CheckedModel Compare<TModel, TNumber, TInput, TTarget>(ForeignModel model, Precision precision, byte[] weights)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged, INumberBase<TInput>
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        TNumber[] parameters = new TNumber[layout.ParameterCount];
        ModelFile.Load(layout, parameters, (ReadOnlySpan<byte>)weights);
        TModel declared = TModel.Create(seed: 1);
        declared.SetParameters(parameters);

        // Whole sequences, and one that ends early.
        int steps = layout.SequenceLength;
        int[] lengths = [steps, steps, Math.Max(1, steps / 2)];
        double[] drawn = Draw(model, Sequences * steps * model.InputSize);
        TNumber[] outputs = new TNumber[Sequences * layout.OutputLength];
        declared.PredictBatch(Array.ConvertAll(drawn, TInput.CreateTruncating), outputs, Sequences, lengths);
        double difference = 0, largest = 1;
        for (int i = 0; i < Sequences; i++)
        {
            double[] expected = model.Run(Array.ConvertAll(drawn[(i * layout.InputLength)..((i * layout.InputLength) + (lengths[i] * model.InputSize))], static x => double.CreateTruncating(TInput.CreateTruncating(x))), lengths[i]);
            for (int k = 0; k < expected.Length; k++)
            {
                if (!double.IsFinite(expected[k]))
                {
                    throw new CheckException(Invariant($"The file's own equations give {expected[k]} for inputs of about 1, so there is nothing to compare with. Nothing was written; --no-check writes it all the same."));
                }

                double found = double.CreateTruncating(outputs[(i * layout.OutputLength) + k]);
                difference = double.IsNaN(found) ? double.NaN : Math.Max(difference, Math.Abs(found - expected[k]));
                largest = Math.Max(largest, Math.Abs(expected[k]));
            }
        }

        return new CheckedModel { Sequences = Sequences, Steps = steps, Difference = difference, Bound = largest * (precision == Precision.Double ? DoubleBound : SingleBound), Metadata = Said(layout) };
    }

    private static Dictionary<string, string> Said(ModelLayout layout) => new()
    {
        ["rnngen.declaration"] = layout.Declaration,
        ["rnngen.specification"] = layout.Specification,
        ["rnngen.version"] = "1",
    };

    // The same numbers in every run: tokens, or values of about the size of 1. Of the tokens that may be masked, the first is.
    private static double[] Draw(ForeignModel model, int count)
    {
        Random random = new(1);
        double[] values = new double[count];
        for (int k = 0; k < count; k++)
        {
            values[k] = model.VocabularySize > 0 ? random.Next(model.MaskedValue is null ? 0 : 1, model.VocabularySize) : (float)((2 * random.NextDouble()) - 1 + random.NextDouble() - 0.5);
        }

        return values;
    }
}
