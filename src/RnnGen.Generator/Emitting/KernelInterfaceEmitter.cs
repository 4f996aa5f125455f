using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what the schedules call: an interface of the model's kernels, and a struct for each vector width that passes calls on to the kernels' files.</summary>
internal static class KernelInterfaceEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        List<KernelMethod> kernels = MethodsOf(context);
        writer.Write("// What the schedule calls, once for each vector width; the kernels are in files of their own.");
        using (writer.Open("private interface IRnnKernels"))
        {
            foreach (KernelMethod kernel in kernels)
            {
                writer.Write($"static abstract void {kernel.Name}({kernel.Parameters});");
            }
        }

        foreach (VectorTarget target in VectorTarget.All)
        {
            writer.Line();
            using (writer.Open($"private readonly struct Rnn{target.Name} : IRnnKernels"))
            {
                WriteMethods(writer, kernels, target);
            }
        }
    }

    private static void WriteMethods(SourceWriter writer, List<KernelMethod> kernels, VectorTarget target)
    {
        for (int i = 0; i < kernels.Count; i++)
        {
            KernelMethod kernel = kernels[i];
            if (i > 0)
            {
                writer.Line();
            }

            writer.Write($"""
                {ModelContext.Inlined}
                public static void {kernel.Name}({kernel.Parameters}) =>
                    {ModelContext.KernelClass(kernel.Layer.Plan.Shape, target)}.{kernel.Call};
                """);
        }
    }

    // All that is printed. Odd steps call what even ones do.
    private static IEnumerable<Call> CallsOf(ModelPlan plan) => plan.Training.Forward.Concat(plan.Training.Backward).SelectMany(s => s.Calls)
        .Concat(plan.Training.Shared.SelectMany(s => s.Calls))
        .Concat(plan.Streaming?.Steps[0] ?? [])
        .Concat(plan.Streams?.Steps[0] ?? [])
        .Concat(plan.Block?.Steps[0] ?? [])
        .Concat(plan.Single?.Steps.SelectMany(s => s) ?? [])
        .Concat(plan.Unrolled?.Forward ?? [])
        .Concat(plan.Unrolled?.Decoder?.Steps[0] ?? [])
        .Concat(plan.PredictsBatches ? plan.Prediction?.Steps.SelectMany(s => s) ?? [] : []);

    // The kernels by layer, each with the text that its calls share.
    private static List<KernelMethod> MethodsOf(ModelContext context)
    {
        Dictionary<string, KernelMethod> methods = [];
        foreach (KernelCall call in CallsOf(context.Plan).OfType<KernelCall>())
        {
            IReadOnlyList<KernelArgument> arguments = call.Arguments;
            if (!methods.TryGetValue(call.Name, out KernelMethod? method))
            {
                string passed = SourceWriter.Join(call.Operands.Select(o => Text(arguments, o)));
                methods.Add(call.Name, new KernelMethod(call.Layer, call.Name, Parameters(context, arguments), $"{call.Kernel}({passed})", arguments));
            }
            else if (!AreAlike(method.Layer, call.Layer) || !method.Arguments.Select(a => a.Name).SequenceEqual(arguments.Select(a => a.Name)))
            {
                throw new InvalidOperationException($"Calls of {call.Name} are not alike.");
            }
        }

        return methods.Values.OrderBy(m => m.Layer.Index).ToList();
    }

    // Training may see a window of the same layer.
    private static bool AreAlike(PlannedLayer one, PlannedLayer other) =>
        one == other || (one.Index, one.Pack, one.Plan.Shape) == (other.Index, other.Pack, other.Plan.Shape);

    private sealed record KernelMethod(PlannedLayer Layer, string Name, string Parameters, string Call, IReadOnlyList<KernelArgument> Arguments);

    private static string Parameters(ModelContext context, IReadOnlyList<KernelArgument> arguments) => SourceWriter.Join(arguments.Select(a => a.Value switch
    {
        Argument.Number or Argument.AtSharedStep or Argument.SharedCount => $"int {a.Name}",
        Argument.Memory or Argument.TokenRow => $"ref {context.Number} {a.Name}",
        Argument.LiveFrom or Argument.SharedLive => $"ref int {a.Name}",
        Argument.SharedPart => "int part, int parts",
        Argument.Rows => "int first, int last",
        _ => throw new InvalidOperationException($"{a.Name} is no parameter of a kernel."),
    }));

    private static string Text(IReadOnlyList<KernelArgument> arguments, KernelOperand operand) => operand.Constant switch
    {
        Argument.Number number => $"{number.Value}",
        Argument.Flag flag => flag.Value ? "true" : "false",
        null => arguments.First(a => a.Name == operand.Parameter).Value is Argument.Number or Argument.Rows or Argument.AtSharedStep or Argument.SharedCount or Argument.SharedPart ? operand.Parameter : $"ref {operand.Parameter}",
        _ => throw new InvalidOperationException($"{operand.Constant} is no constant of a kernel."),
    };
}
