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

    public static List<DictModule> Of(List<DictModule> modules, IReadOnlyList<string> named, bool isOrdered)
    {
        if (named.Count > 0)
        {
            return Named(modules, named);
        }

        if (isOrdered && IsChain(modules))
        {
            return modules;
        }

        if (isOrdered && AsTables(modules) is { } tables && IsChain(tables))
        {
            return tables;
        }

        if (modules.Count > MaximumSearched)
        {
            throw new ForeignFileException(Invariant($"The file does not say in which order values flow through its {modules.Count} modules, {TensorLimits.Join(", ", modules.ConvertAll(static m => ForeignText.Shown(m.Name)))}; name it: --order, or ImportOptions.Order."));
        }

        List<List<DictModule>> found = Search(modules);
        if (found.Count == 0 && AsTables(modules) is { } others)
        {
            found = Search(others);
        }

        string names = TensorLimits.Join(", ", modules.ConvertAll(static m => Invariant($"{ForeignText.Shown(m.Name)} ({m.InputSize} to {m.OutputSize} values)")));
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ForeignFileException(Invariant($"In no order does each of {names} read what the one before it outputs: something stands between them that the file does not name.")),
            _ => throw new ForeignFileException(Invariant($"The file does not say in which order values flow through {names}; name it: --order {string.Join(',', found[0].Select(static m => m.Name))}, or ImportOptions.Order.")),
        };
    }

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

        return AsTables(order) is { } tables && !IsChain(order) && IsChain(tables) ? tables : order;
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

    // A matrix without a bias may be a table that is called something else; it is one where nothing else fits.
    private static List<DictModule>? AsTables(List<DictModule> modules)
    {
        List<DictModule> tables = modules.ConvertAll(static m => m is LinearModule { Bias: null } matrix ? new EmbeddingModule(m.Name, matrix.Weight) : m);
        return tables.Exists(static m => m is EmbeddingModule) ? tables : null;
    }

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
