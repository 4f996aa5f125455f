using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what the schedules call: an interface of the model's kernels, and a struct for each vector width that passes calls on to the kernels' files.</summary>
internal static class KernelInterfaceEmitter
{
    public static void Write(ModelContext context)
    {
        SourceWriter writer = context.Writer;
        List<KernelMethod> kernels = CallsOf(context.Plan)
            .OfType<KernelCall>()
            .Select(c => new KernelMethod(c.Layer.Index, c.Name, c.Layer.Plan.Shape, Parameters(context, c), $"{c.Kernel}({SourceWriter.Join(c.Operands.Select(o => Text(c, o)))})"))
            .Distinct()
            .OrderBy(m => m.Layer)
            .ToList();
        if (kernels.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } unlike)
        {
            throw new InvalidOperationException($"Calls of {unlike.Key} are not alike: {string.Join("; ", unlike.Select(m => m.Call))}.");
        }

        writer.Write("// What the schedule calls, once for each vector width; the kernels stand in files of their own.");
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
                    {ModelContext.KernelClass(kernel.Shape, target)}.{kernel.Call};
                """);
        }
    }

    // All that is printed. Odd steps call what even ones do.
    private static IEnumerable<Call> CallsOf(ModelPlan plan) => plan.Training.Forward.Concat(plan.Training.Backward).SelectMany(s => s.Calls)
        .Concat(plan.Streaming?.Steps[0] ?? [])
        .Concat(plan.Single?.Steps.SelectMany(s => s) ?? [])
        .Concat(plan.Unrolled?.Forward ?? [])
        .Concat(plan.Unrolled?.Decoder?.Steps[0] ?? [])
        .Concat(plan.PredictsBatches ? plan.Prediction?.Steps.SelectMany(s => s) ?? [] : []);

    // All that the method of a kernel is printed from, so that the calls of one name are seen to share one text.
    private sealed record KernelMethod(int Layer, string Name, LayerShape Shape, string Parameters, string Call);

    private static string Parameters(ModelContext context, KernelCall call) => SourceWriter.Join(call.Arguments.Select(a => a.Value switch
    {
        Argument.Number => $"int {a.Name}",
        Argument.Memory or Argument.TokenRow => $"ref {context.Number} {a.Name}",
        Argument.LiveFrom => $"ref int {a.Name}",
        Argument.Rows => "int first, int last",
        _ => throw new InvalidOperationException($"{a.Name} is no parameter of a kernel."),
    }));

    private static string Text(KernelCall call, KernelOperand operand) => operand.Constant switch
    {
        Argument.Number number => $"{number.Value}",
        Argument.Flag flag => flag.Value ? "true" : "false",
        null => call.Arguments.First(a => a.Name == operand.Parameter).Value is Argument.Number or Argument.Rows ? operand.Parameter : $"ref {operand.Parameter}",
        _ => throw new InvalidOperationException($"{operand.Constant} is no constant of a kernel."),
    };
}
