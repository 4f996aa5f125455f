using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>What of a generated model is not in its interface: metadata, quantiles, draws and streams.</summary>
internal static class ModelCores
{
    /// <summary>The core of a model.</summary>
    /// <exception cref="ArgumentException">The model was not generated.</exception>
    public static ModelCore<float, float, float> Of<TModel>(TModel model)
        where TModel : IRnnModel<TModel, float, float, float> => model is ISharedModel { Core: ModelCore<float, float, float> core }
        ? core
        : throw new ArgumentException($"{typeof(TModel).Name} was not generated; forecasters train and read generated models.", nameof(model));
}
