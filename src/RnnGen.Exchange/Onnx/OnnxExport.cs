using System.Numerics;
using RnnGen.Exchange.Onnx.Writing;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models as ONNX graphs of opset 17, whose batch and steps are not fixed: <c>input</c>, [batch, steps, InputSize] or tokens [batch, steps] of int64, to <c>output</c>, [batch, steps, OutputSize], or
/// [batch, OutputSize] of a many-to-one model. The output is what <c>Predict</c> returns; where a loss reads several values for each target, or computes the prediction from them, it is these values.
/// </summary>
/// <remarks>The operators are those of https://onnx.ai/onnx/operators: RNN, GRU and LSTM with <c>layout</c> 0. ONNX Runtime has them for float, not for double.</remarks>
/// <example>
/// <code>
/// OnnxExport.Save(model, "forecaster.onnx");
/// </code>
/// </example>
public static class OnnxExport
{
    /// <summary>Writes a model's graph; an existing file is replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">What the graph has besides, or <see langword="null"/>.</param>
    /// <exception cref="ExportException">The model has what ONNX or this export cannot say; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save(DeclaredModel model, string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToBytes(model, options));
    }

    /// <inheritdoc cref="Save(DeclaredModel, string, OnnxExportOptions?)"/>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    public static void Save<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, string path, OnnxExportOptions? options = null)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Save(DeclaredModel.Of(model), path, options);

    /// <summary>The bytes of the file that <see cref="Save(DeclaredModel, string, OnnxExportOptions?)"/> writes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What the graph has besides, or <see langword="null"/>.</param>
    /// <exception cref="ExportException">The model has what ONNX or this export cannot say.</exception>
    public static byte[] ToBytes(DeclaredModel model, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new StackWriter(model, options ?? new OnnxExportOptions()).Write();
    }
}
