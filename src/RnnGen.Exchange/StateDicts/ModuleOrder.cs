using RnnGen.Exchange.Files;
using RnnGen.Runtime;

namespace RnnGen.Exchange.StateDicts;

/// <summary>
/// The order in which values flow through the modules of a state dict, which it does not say: the one that the caller names, else that of the file where it is the order in which modules were made and
/// each reads what the one before outputs, else the only one in which each does.
/// </summary>
internal static class ModuleOrder
{
    // Orders of more modules are not searched.
    private const int MaximumSearched = 8;

    /// <param name="modules">The modules; matrices without a bias are linear layers.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="isOrdered">Whether their order is the one in which they were made.</param>
    public static List<DictModule> Of(List<DictModule> modules, ImportOptions options, bool isOrdered)
    {
        bool isNamed = options.Order.Count > 0;
        List<List<DictModule>> readings = Readings(isNamed ? Named(modules, options.Order) : modules, options);
        if (isNamed)
        {
            return readings.Find(IsChain) ?? readings[0];
        }

        if (isOrdered && readings.Find(IsChain) is { } chain)
        {
            return chain;
        }

        if (modules.Count > MaximumSearched)
        {
            throw new ForeignFileException(Invariant($"The file does not say in which order values flow through its {modules.Count} modules, {TensorLimits.Join(", ", modules.ConvertAll(static m => ForeignText.Shown(m.Name)))}; name it: --order, or ImportOptions.Order."));
        }

        List<List<DictModule>> found = readings.ConvertAll(Search).Find(static orders => orders.Count > 0) ?? [];
        string names = TensorLimits.Join(", ", readings[0].ConvertAll(static m => Invariant($"{ForeignText.Shown(m.Name)} ({m.InputSize} to {m.OutputSize} values)")));
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ForeignFileException(Invariant($"In no order does each of {names} read what the one before it outputs: something stands between them that the file does not name.")),
            _ => throw new ForeignFileException(Invariant($"The file does not say in which order values flow through {names}; name it: --order {string.Join(',', found[0].Select(static m => m.Name))}, or ImportOptions.Order.")),
        };
    }

    /// <summary>Whether a matrix may be an <c>nn.Embedding</c> as well as an <c>nn.Linear(bias=False)</c> in front of the same layers, because it is square.</summary>
    public static bool IsEither(DictModule module) => module switch
    {
        EmbeddingModule table => table.Table.Rows == table.Table.Columns,
        LinearModule { Bias: null } matrix => matrix.InputSize == matrix.OutputSize,
        _ => false,
    };

    private static List<DictModule> Named(List<DictModule> modules, IReadOnlyList<string> named)
    {
        List<DictModule> order = [];
        foreach (string name in named)
        {
            order.Add(modules.Find(m => m.Name == name && !order.Contains(m)) ?? throw new ForeignFileException(Invariant(
                $"The order names {ForeignText.Shown(name)}, which the file does not have or which was named before; it has {TensorLimits.Join(", ", modules.ConvertAll(static m => ForeignText.Shown(m.Name)))}.")));
        }

        if (order.Count < modules.Count)
        {
            throw new ForeignFileException(Invariant($"The order does not name {ForeignText.Shown(modules.Find(m => !order.Contains(m))!.Name)}, which the file has."));
        }

        return order;
    }

    private static bool IsChain(List<DictModule> modules)
    {
        for (int i = 0; i < modules.Count; i++)
        {
            if (i > 0 && modules[i].InputSize != modules[i - 1].OutputSize)
            {
                return false;
            }
        }

        return true;
    }

    // A matrix without a bias may be the table of an embedding, which only the first layer is. The caller says so, or that it is not, by a function for it; else the first reading is the one that the names suggest.
    private static List<List<DictModule>> Readings(List<DictModule> modules, ImportOptions options)
    {
        List<LinearModule> matrices = [.. modules.OfType<LinearModule>().Where(m => m.Bias is null && !options.Activations.ContainsKey(m.Name))];
        if (options.Embedding is { } name)
        {
            return [AsTable(matrices.Find(m => m.Name == name) ?? throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} is named as an embedding, but the file has no matrix of that name without a bias and without a function.")))];
        }

        return [.. matrices.Where(IsNamedAsTable).Select(AsTable), modules, .. matrices.Where(static m => !IsNamedAsTable(m)).Select(AsTable)];

        List<DictModule> AsTable(LinearModule matrix) => modules.ConvertAll(m => ReferenceEquals(m, matrix) ? new EmbeddingModule(m.Name, matrix.Weight) : m);
    }

    private static bool IsNamedAsTable(DictModule module) => module.Name.Contains("emb", StringComparison.OrdinalIgnoreCase) || module.Name.EndsWith("wte", StringComparison.OrdinalIgnoreCase);

    // At most two are looked for: a second one says that there is a choice.
    private static List<List<DictModule>> Search(List<DictModule> modules)
    {
        List<List<DictModule>> found = [];
        Extend([], modules, found);
        return found;
    }

    private static void Extend(List<DictModule> begun, List<DictModule> left, List<List<DictModule>> found)
    {
        if (left.Count == 0)
        {
            found.Add([.. begun]);
        }

        foreach (DictModule next in left)
        {
            if (found.Count < 2 && (begun.Count == 0 || next.InputSize == begun[^1].OutputSize))
            {
                begun.Add(next);
                Extend(begun, left.FindAll(m => !ReferenceEquals(m, next)), found);
                begun.RemoveAt(begun.Count - 1);
            }
        }
    }
}
