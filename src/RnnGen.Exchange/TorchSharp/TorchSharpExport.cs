using System.Numerics;
using System.Text;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.PyTorch.Writing;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>Writes models as TorchSharp's <c>.dat</c>, which <c>module.load</c> reads; names and modules are those of <see cref="TorchExport"/>.</summary>
/// <remarks>As exportsd.py of dotnet/TorchSharp writes them.</remarks>
public static class TorchSharpExport
{
    private const int FloatType = 6, DoubleType = 7;

    /// <summary>Writes a model's parameters; an existing file is replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ExportException">TorchSharp has no module for a layer; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save(DeclaredModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
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

    /// <summary>The bytes of the file.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">TorchSharp has no module for a layer.</exception>
    public static byte[] ToBytes(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        bool isDouble = model.Precision == Precision.Double;
        IReadOnlyList<(string Name, Tensor Tensor)> tensors = TorchModules.StateDict(model, TorchModules.Of(model, "TorchSharp"));
        using MemoryStream stream = new();
        Number(stream, tensors.Count);
        foreach ((string name, Tensor tensor) in tensors)
        {
            byte[] text = Encoding.UTF8.GetBytes(name);
            Number(stream, text.Length);
            stream.Write(text);
            Number(stream, isDouble ? DoubleType : FloatType);
            Number(stream, tensor.Shape.Count);
            foreach (int length in tensor.Shape)
            {
                Number(stream, length);
            }

            stream.Write(StoredNumbers.Of(tensor.Values, isDouble));
        }

        return stream.ToArray();
    }

    // LEB128.
    private static void Number(MemoryStream stream, int value)
    {
        const int bits = 7, more = 0x80;
        for (uint left = (uint)value; ; left >>= bits)
        {
            stream.WriteByte((byte)(left < more ? left : left | more));
            if (left < more)
            {
                return;
            }
        }
    }
}
