namespace RnnGen.Tests;

/// <summary>Every optimiser that ships, with the options that change what it computes, each at a rate at which small tasks are learned: the one list that tests of optimisers read.</summary>
internal static class ShippedOptimizers
{
    private static readonly Dictionary<string, (double Rate, Func<double, Optimizer> Create)> s_all = new()
    {
        ["Sgd"] = (0.1, rate => new Sgd(rate)),
        ["Sgd with momentum"] = (0.02, rate => new Sgd(rate) { Momentum = 0.9 }),
        ["Sgd, Nesterov"] = (0.02, rate => new Sgd(rate) { Momentum = 0.9, Nesterov = true }),
        ["RmsProp"] = (2e-3, rate => new RmsProp(rate)),
        ["RmsProp, centred"] = (2e-3, rate => new RmsProp(rate) { Centered = true }),
        ["Adagrad"] = (0.02, rate => new Adagrad(rate)),
        ["Adam"] = (5e-3, rate => new Adam(rate)),
        ["AdamW"] = (5e-3, rate => new AdamW(rate)),
    };

    public static IEnumerable<string> Names => s_all.Keys;

    /// <summary>A new optimiser.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="rate">Its rate, where it is not the one at which it learns.</param>
    public static Optimizer Create(string name, double? rate = null) => s_all[name].Create(rate ?? s_all[name].Rate);
}
