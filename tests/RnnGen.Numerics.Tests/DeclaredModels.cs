using System.Numerics;
using System.Reflection;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>What is done to each of several models.</summary>
internal interface IModelCheck
{
    void Run<TModel, TNumber, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>;
}

/// <summary>The models of RnnGen.TestModels that read numbers (those that read tokens stand in TokenModels, and CTC and dropout have tests of their own), found rather than listed, so that none is forgotten.</summary>
internal static class DeclaredModels
{
    private static readonly Dictionary<string, Type> s_models = typeof(TestModels.LongLstm).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<RnnModelAttribute>() is { Loss: not Loss.Ctc } && t.GetProperty("DropoutStep") is null && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRnnModel<,,,>) && i.GetGenericArguments()[1] == i.GetGenericArguments()[2]))
        .ToDictionary(t => t.Name);

    /// <summary>The models whose sequences are their steps.</summary>
    public static IEnumerable<string> Names => s_models.Where(m => !IsRow(m.Value)).Select(m => m.Key).Order(StringComparer.Ordinal);

    /// <summary>The double models some of whose inputs are given once or known for decoded steps, with a float twin.</summary>
    public static IEnumerable<string> RowPairNames => RowNames.Where(n => s_models.ContainsKey(n + "Float"));

    /// <summary>The models some of whose inputs are given once or known for decoded steps.</summary>
    public static IEnumerable<string> RowNames => s_models.Where(m => IsRow(m.Value)).Select(m => m.Key).Order(StringComparer.Ordinal);

    private static bool IsRow(Type model) => model.GetCustomAttributes<InputAttribute>().Any(i => i is StaticAttribute or KnownAttribute);

    public static TheoryData<string> All => [.. Names];

    /// <summary>All models that can be fed step by step.</summary>
    public static TheoryData<string> Streaming => [.. Names.Where(n => Members.Streams(s_models[n]))];

    /// <summary>All models but the large ones, which the emulated widths take long for.</summary>
    public static TheoryData<string> Ordinary => [.. Names.Where(n => n is not (nameof(TestModels.LongLstm) or nameof(TestModels.WideLstm)))];

    /// <summary>The double models of which there is a float twin of the same name with "Float" behind it.</summary>
    public static TheoryData<string> Pairs => [.. PairNames];

    public static IEnumerable<string> PairNames => Names.Where(n => s_models.ContainsKey(n + "Float"));

    public static IEnumerable<string> FullNames => s_models.Values.Select(t => t.FullName!);

    public static Type Find(string name) => s_models[name];

    public static void Run(string name, IModelCheck check)
    {
        Type model = Find(name);
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        typeof(IModelCheck).GetMethod(nameof(IModelCheck.Run))!
            .MakeGenericMethod(model, arguments[1], arguments[3])
            .Invoke(check, BindingFlags.DoNotWrapExceptions, null, [], null);
    }

    public static RnnModelAttribute Declaration<TModel>() => typeof(TModel).GetCustomAttribute<RnnModelAttribute>()!;
}
