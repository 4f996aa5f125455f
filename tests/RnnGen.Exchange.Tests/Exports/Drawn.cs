using System.Numerics;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>Models and inputs whose numbers are drawn, the same in every run; no parameter is 0, so that one in a wrong place is seen.</summary>
internal static class Drawn
{
    public static TModel Model<TModel, TNumber, TInput, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        TModel model = TModel.Create(seed: 1);
        Random random = new(2);
        TNumber[] parameters = new TNumber[TModel.Layout.ParameterCount];
        for (int k = 0; k < parameters.Length; k++)
        {
            parameters[k] = TNumber.CreateTruncating((1.6 * random.NextDouble()) - 0.8);
        }

        model.SetParameters(parameters);
        return model;
    }

    public static TInput[] Inputs<TInput>(DeclaredModel model, int steps)
    {
        Random random = new(3);
        object inputs = typeof(TInput) == typeof(int) ? Enumerable.Range(0, steps).Select(_ => random.Next(model.VocabularySize)).ToArray()
            : typeof(TInput) == typeof(double) ? Enumerable.Range(0, steps * model.InputSize).Select(_ => (2 * random.NextDouble()) - 1).ToArray()
            : Enumerable.Range(0, steps * model.InputSize).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        return (TInput[])inputs;
    }
}
