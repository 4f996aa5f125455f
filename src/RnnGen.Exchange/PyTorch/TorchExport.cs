using System.Numerics;
using System.Text;
using RnnGen.Exchange.PyTorch.Writing;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models for PyTorch: a state dict as <c>torch.save</c> writes it, and the Python class that loads it with <c>strict=True</c>. Equal recurrent layers are one <c>nn.LSTM</c>, <c>nn.GRU</c> or
/// <c>nn.RNN</c>, unequal ones a list of several.
/// </summary>
public static class TorchExport
{
    private const string PythonEnd = ".py";

    /// <summary>Writes a model's state dict, and beside it, with the ending <c>.py</c>, its class; existing files are replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file of the state dict, <c>forecaster.pt</c>.</param>
    /// <exception cref="ExportException">PyTorch has no module for a layer; nothing was written.</exception>
    /// <exception cref="ArgumentException">The path ends with <c>.py</c>, where the class is written.</exception>
    /// <exception cref="IOException">A file cannot be written; existing ones are unchanged.</exception>
    public static void Save(DeclaredModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write([(path, ToBytes(model)), (PythonPath(path), Encoding.UTF8.GetBytes(ToPython(model)))]);
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

    /// <summary>The bytes of the state dict.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">PyTorch has no module for a layer.</exception>
    public static byte[] ToBytes(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return StateArchive.Of(TorchModules.StateDict(model, TorchModules.Of(model, "PyTorch")), model.Precision == Precision.Double);
    }

    /// <summary>The Python class, whose <c>forward</c> takes [batch, steps, InputSize], or tokens, and returns what <c>Predict</c> does.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">PyTorch has no module for a layer.</exception>
    public static string ToPython(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return PythonText.Of(model, TorchModules.Of(model, "PyTorch"));
    }

    /// <summary>Where <see cref="Save(DeclaredModel, string)"/> writes the class.</summary>
    /// <param name="path">The file of the state dict.</param>
    /// <exception cref="ArgumentException">The path ends with <c>.py</c> itself.</exception>
    public static string PythonPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return !Path.GetExtension(path).Equals(PythonEnd, StringComparison.OrdinalIgnoreCase) ? Path.ChangeExtension(path, PythonEnd)
            : throw new ArgumentException(Invariant($"'{path}' is where the Python class goes; give the state dict's file another ending, such as .pt."), nameof(path));
    }
}
