using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>The names that mean something in equations.</summary>
internal static class CellNames
{
    /// <summary>The step's input.</summary>
    public const string Input = "x";

    /// <summary>What says that matrices but those of x are block-diagonal: <c>heads = 4</c>.</summary>
    public const string Heads = "heads";

    /// <summary>The width of the step's input.</summary>
    public const string InputWidth = "I";

    /// <summary>The functions of one value that the step graph has under the same name.</summary>
    public static readonly IReadOnlyList<string> Elementwise = ["sigmoid", "tanh", "relu", "softplus", "exp", "log", "sqrt", "abs", "sin", "cos"];

    // Gradients do not pass these.
    private static readonly HashSet<string> s_flat = ["sign", "step", "floor", "ceil", "round", "argmax", "heaviside"];

    /// <summary>What equations may call, for readers.</summary>
    public const string Functions = "sigmoid, tanh, relu, softplus, elu, gelu, exp, log, sqrt, abs, sin, cos, min, max, select, mean, norm and f";

    /// <summary>How many values a function takes; null where no function has this name.</summary>
    public static int? OperandsOf(string function) => function switch
    {
        "f" or "gelu" or "elu" or "mean" or "norm" => 1,
        "min" or "max" => 2,
        _ => Elementwise.Contains(function) ? 1 : null,
    };

    public static bool HasNoDerivative(string function) => s_flat.Contains(function);
}
