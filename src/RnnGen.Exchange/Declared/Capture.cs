using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Declared;

/// <summary>What the formats of captures ask of a model, which streams audio: an output at each step, made of this step and earlier ones.</summary>
internal static class Capture
{
    /// <summary>Rejects a model that no player of captures can run.</summary>
    public static void Require(DeclaredModel model, string format)
    {
        Unsayable.RequireOneStack(model, format);
        const string players = "Players run a model with one output for each step";
        if (model.Architecture != Architecture.ManyToMany)
        {
            throw Unsayable.In(format, Invariant($"the architecture {model.Architecture}"), players, "Declare it as ManyToMany.");
        }

        if (model.VocabularySize > 0)
        {
            throw Unsayable.In(format, "the embedding", "inputs are tokens", "Export models whose inputs are numbers.");
        }

        if (model.Precision == Precision.Double)
        {
            throw Unsayable.In(format, "the precision", "its numbers are floats", "Declare the model with Precision.Single.");
        }

        foreach (DeclaredLayer layer in model.Layers)
        {
            string? problem = layer.IsBidirectional ? "it reads steps to come" : layer.IsResidual ? "its inputs are added to its outputs" : null;
            if (problem is not null)
            {
                throw Unsayable.In(format, layer.Place, problem, "Declare it without.");
            }
        }
    }

    /// <summary>Rejects learned initial states.</summary>
    public static void RequireZeroStart(DeclaredModel model, string format)
    {
        if (model.LearnedInitialState)
        {
            throw Unsayable.In(format, "the learned initial states", "its layers start from zero", "Declare InitialState.Zero, or export to nam.");
        }
    }

    /// <summary>A parameter of a recurrent layer.</summary>
    public static Tensor Parameter(DeclaredModel model, DeclaredLayer layer, string name, params int[] shape) => model.Take(Invariant($"rnn.{name}_l{layer.Index}"), shape);

    /// <summary>Two biases as one: their sum, as a float.</summary>
    /// <exception cref="ExportException">A sum is beyond the floats.</exception>
    public static double[] Sum(Tensor a, Tensor b)
    {
        double[] sum = new double[a.Values.Length];
        for (int k = 0; k < sum.Length; k++)
        {
            float both = (float)(a.Values[k] + b.Values[k]);
            sum[k] = float.IsFinite(both) ? both : throw new ExportException(Invariant($"{a.Name} and {b.Name} are one bias in the file, but their sum at index {k} is too large for a float. Train with a limit on the gradient (ClipNorm), and export that model."));
        }

        return sum;
    }
}
