using System.ComponentModel;
using System.Numerics;
using System.Reflection;

namespace RnnGen.Runtime;

/// <summary>Loads parameters from a safetensors file that is part of an assembly. Generated models call this; call their constructor without parameters.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EmbeddedWeights
{
    /// <summary>Loads from the assembly's own memory; the file is not copied.</summary>
    /// <typeparam name="T">The number type; a file of another type is converted.</typeparam>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resource">The file's name in it.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters after all checks.</param>
    /// <param name="metadata">Receives the file's metadata after all checks.</param>
    /// <exception cref="ModelFileException">The assembly has no such file, or not one of this model; the parameters are unchanged.</exception>
    public static unsafe void Load<T>(Assembly assembly, string resource, ModelLayout layout, Span<T> parameters, ModelMetadata metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(assembly);
        using Stream stream = assembly.GetManifestResourceStream(resource)
            ?? throw new ModelFileException($"The assembly {assembly.GetName().Name} has no resource '{resource}': build it with the package RnnGen, whose targets embed the weights of a model.");
        try
        {
            if (stream is UnmanagedMemoryStream mapped && mapped.Length <= int.MaxValue)
            {
                ModelFile.Load(layout, parameters, new ReadOnlySpan<byte>(mapped.PositionPointer, (int)mapped.Length), metadata: metadata);
            }
            else
            {
                ModelFile.Load(layout, parameters, stream, metadata: metadata);
            }
        }
        catch (ModelFileException e)
        {
            throw new ModelFileException($"{resource} in {assembly.GetName().Name}: {e.Message}", e);
        }
    }
}
