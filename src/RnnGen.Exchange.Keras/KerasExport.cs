using System.Numerics;
using RnnGen.Exchange.Keras.Writing;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models as <c>.keras</c> files of Keras 3: a Sequential model with its weights, which <c>keras.saving.load_model</c> reads and trains further. Steps are not fixed. The output is what <c>Predict</c> returns; where a
/// loss reads several values for each target, or computes the prediction from them, it is these values.
/// </summary>
/// <remarks>
/// The layers are SimpleRNN, LSTM, GRU (of <c>[ResetBeforeGru]</c> with <c>reset_after=False</c>), Bidirectional of them, Dense, Embedding, LayerNormalization, Conv1D, and GlobalAveragePooling1D or GlobalMaxPooling1D.
/// SimpleRNN and LSTM have one bias there, which is the sum of the two. keras/src/saving/saving_lib.py of keras-team/keras.
/// </remarks>
/// <example>
/// <code>
/// KerasExport.Save(model, "forecaster.keras");
/// </code>
/// </example>
public static class KerasExport
{
    private const string Ending = ".keras";

    /// <summary>Writes a model; an existing file is replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, whose name must end with <c>.keras</c> for Keras to read it.</param>
    /// <exception cref="ArgumentException">The file's name does not end with <c>.keras</c>; nothing was written.</exception>
    /// <exception cref="ExportException">Keras has no layer for one of the model's; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save(DeclaredModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!path.EndsWith(Ending, StringComparison.Ordinal))
        {
            throw new ArgumentException(Invariant($"{path} does not end with {Ending}, by which Keras knows what it reads: name it {Path.ChangeExtension(path, Ending)}."), nameof(path));
        }

        AtomicFile.Write(path, ToBytes(model));
    }

    /// <inheritdoc cref="Save(DeclaredModel, string)"/>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    public static void Save<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, string path)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Save(DeclaredModel.Of(model), path);

    /// <summary>The bytes of the file that <see cref="Save(DeclaredModel, string)"/> writes; equal models are equal bytes.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">Keras has no layer for one of the model's.</exception>
    public static byte[] ToBytes(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ArchiveWriter.Write(SequentialModel.Of(model), model.Precision == Precision.Double);
    }
}
