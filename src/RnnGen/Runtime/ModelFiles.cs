using System.ComponentModel;
using System.Numerics;
using System.Reflection;

namespace RnnGen.Runtime;

/// <summary>Saves and loads the parameters of models. Generated models call this; call their <c>Save</c>, <c>Load</c> and <c>LoadParameters</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModelFiles
{
    /// <summary>Saves the parameters as safetensors with PyTorch's names, atomically.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; no file was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, string path)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        ModelFile.Save(core.Shape.Layout, core.Parameters, path, core.Metadata);
    }

    /// <summary>Writes the parameters as safetensors with PyTorch's names.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="stream">The stream, which stays open.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite; nothing was written.</exception>
    public static void Save<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, Stream stream)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        ModelFile.Save(core.Shape.Layout, core.Parameters, stream, core.Metadata);
    }

    /// <summary>Saves the parameters as safetensors with PyTorch's names, atomically, with matrices in fewer bits.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="format">In how many bits matrices are saved; vectors keep the model's number type.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite, or would not be in this format; no file was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, string path, WeightFormat format)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        ModelFile.Save(core.Shape.Layout, core.Parameters, path, format, core.Metadata);
    }

    /// <summary>Writes the parameters as safetensors with PyTorch's names, with matrices in fewer bits.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="format">In how many bits matrices are saved; vectors keep the model's number type.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite, or would not be in this format; nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public static void Save<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, Stream stream, WeightFormat format)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        ModelFile.Save(core.Shape.Layout, core.Parameters, stream, format, core.Metadata);
    }

    /// <summary>Loads the parameters from a safetensors file: one that a model saved, or a PyTorch state dictionary.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="model">The instance that users see.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">Which tensors are the model's, where names and shapes alone do not decide.</param>
    /// <exception cref="ModelFileException">The file is damaged or belongs to another model; nothing changed.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static void Load<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, object model, string path, LoadOptions? options)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        using TrainingTurn turn = core.TakeTurn(model);
        ModelFile.Load(core.Shape.Layout, core.OwnParameters, path, options, core.Metadata);
        core.ParametersChanged();
    }

    /// <inheritdoc cref="Load{TNumber, TInput, TTarget}(ModelCore{TNumber, TInput, TTarget}, object, string, LoadOptions)"/>
    /// <param name="core">The model.</param>
    /// <param name="model">The instance that users see.</param>
    /// <param name="stream">A safetensors file, from the stream's position on; the stream stays open.</param>
    /// <param name="options">Which tensors are the model's, where names and shapes alone do not decide.</param>
    public static void Load<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, object model, Stream stream, LoadOptions? options)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        using TrainingTurn turn = core.TakeTurn(model);
        ModelFile.Load(core.Shape.Layout, core.OwnParameters, stream, options, core.Metadata);
        core.ParametersChanged();
    }

    /// <inheritdoc cref="Load{TNumber, TInput, TTarget}(ModelCore{TNumber, TInput, TTarget}, object, string, LoadOptions)"/>
    /// <param name="core">The model.</param>
    /// <param name="model">The instance that users see.</param>
    /// <param name="file">The bytes of a safetensors file.</param>
    /// <param name="options">Which tensors are the model's, where names and shapes alone do not decide.</param>
    public static void Load<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, object model, ReadOnlySpan<byte> file, LoadOptions? options)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        using TrainingTurn turn = core.TakeTurn(model);
        ModelFile.Load(core.Shape.Layout, core.OwnParameters, file, options, core.Metadata);
        core.ParametersChanged();
    }

    /// <summary>Loads the parameters from a file that is part of an assembly.</summary>
    /// <typeparam name="TNumber">The number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="core">The model.</param>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resource">The file's name in it.</param>
    /// <exception cref="ModelFileException">The assembly has no such file, or not one of this model, or the file holds a number that is not finite.</exception>
    public static void LoadEmbedded<TNumber, TInput, TTarget>(ModelCore<TNumber, TInput, TTarget> core, Assembly assembly, string resource)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(core);
        EmbeddedWeights.Load(assembly, resource, core.Shape.Layout, core.OwnParameters, core.Metadata);
        core.ParametersChanged();
    }
}
