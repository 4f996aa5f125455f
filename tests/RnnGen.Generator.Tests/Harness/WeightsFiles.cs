using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Build;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;

namespace RnnGen.Generator.Tests.Harness;

/// <summary>Weights files, and what the package's targets tell the generator of them.</summary>
internal static class WeightsFiles
{
    /// <summary>The text that a build makes of these files, by their names in the project.</summary>
    public static AdditionalText Headers(params (string Name, byte[] File)[] files)
    {
        string folder = Directory.CreateTempSubdirectory("rnngen-weights-").FullName;
        try
        {
            string output = Path.Combine(folder, "obj", "RnnGen.Weights.txt");
            foreach ((string name, byte[] file) in files)
            {
                System.IO.File.WriteAllBytes(Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!).FullName + "/" + Path.GetFileName(name), file);
            }

            Run(folder, output, named: [.. files.Select(file => file.Name)], found: [], sources: []);
            return Written(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The text that the task wrote.</summary>
    public static AdditionalText Written(string path) => new Text(path, System.IO.File.ReadAllText(path));

    /// <summary>Runs the task in a project's folder, where the names are relative to it.</summary>
    public static WriteWeightsHeaders Run(string folder, string output, string[] named, string[] found, string[] sources)
    {
        var task = new WriteWeightsHeaders { Folder = folder, Named = Items(named), Found = Items(found), Sources = Items(sources), Output = output };
        task.Execute().ShouldBeTrue();
        return task;

        Microsoft.Build.Framework.ITaskItem[] Items(string[] names) => [.. names.Select(name => new Microsoft.Build.Utilities.TaskItem(name))];
    }

    /// <summary>Headers of files that fit the models that a compilation declares with weights.</summary>
    public static ImmutableArray<AdditionalText> Fitting(CSharpCompilation compilation)
    {
        ModelSpecification[] models = [.. compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
            .Select(type => ModelCheck.Of(type, CancellationToken.None).Specification).OfType<ModelSpecification>().Where(model => model.Weights is not null).DistinctBy(model => model.Weights)];
        return models.Length == 0 ? [] : [Headers([.. models.Select(model => (model.Weights!, File(Tensors(model))))])];
    }

    public static IEnumerable<(string Name, IReadOnlyList<int> Shape)> Tensors(ModelSpecification model) => ModelPlanner.Plan(model).Tensors.Select(tensor => (tensor.Name, tensor.Shape));

    /// <summary>A file of zeros.</summary>
    public static byte[] File(IEnumerable<(string Name, IReadOnlyList<int> Shape)> tensors)
    {
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        int offset = 0;
        foreach ((string name, IReadOnlyList<int> shape) in tensors)
        {
            int end = offset + (4 * shape.Aggregate(1, (product, length) => product * length));
            header.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        return WithHeader(header + "}", offset);
    }

    public static byte[] WithHeader(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
