using System.Reflection;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>The C# of losses: compiled, it computes what the graph says; read, it is what a person would write.</summary>
public sealed class LossCodeTests
{
    [Theory]
    [InlineData("double", 1e-13)]
    [InlineData("float", 1e-4)]
    public void TheCodeComputesWhatTheGraphSays(string number, double tolerance)
    {
        Type compiled = Compile(number);
        foreach (LossCase loss in LossCase.All)
        {
            Random random = new(4);
            for (int i = 0; i < 20; i++)
            {
                (double[] outputs, double target) = loss.Draw(random);
                double[] call = [.. outputs, target];
                Array.ConvertAll(call, v => number == "float" ? (float)v : v).CopyTo(call, 0);
                (double expected, double[] gradient) = LossInterpreter.Compiled(loss.Definition, call[..^1], call[^1], 0.25);
                double[] found = (double[])compiled.GetMethod(loss.Name)!.Invoke(null, [call[..^1], call[^1], 0.25])!;
                found[0].ShouldBe(expected, tolerance * Math.Max(1, Math.Abs(expected)), loss.Name);
                for (int k = 0; k < outputs.Length; k++)
                {
                    found[k + 1].ShouldBe(gradient[k], tolerance * Math.Max(1, Math.Abs(gradient[k])), $"{loss.Name}, output {k}");
                }
            }
        }
    }

    /// <summary>What a fold makes while code is written has C# too.</summary>
    [Fact]
    public void RandomLossesHaveCode()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Lines(new LossCase($"L{seed}", new LossWriter(seed).Write(), (_, _) => 0), "float", out _).ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("MeanSquaredError", """
        float d = y - target;
        sum += d * d;
        dy = 2 * d * scale;
        """)]
    [InlineData("MeanAbsoluteError", """
        float d = y - target;
        sum += float.Abs(d);
        dy = d > 0 ? scale : d < 0 ? -scale : 0;
        """)]
    [InlineData("Huber", """
        float d = y - target;
        float size = float.Abs(d);
        sum += size > 1 ? size - 0.5f : d * d / 2;
        dy = size > 1 ? (d > 0 ? scale : d < 0 ? -scale : 0) : d * scale;
        """)]
    [InlineData("BinaryCrossEntropy", """
        float e = float.Exp(-float.Abs(y));
        sum += float.Max(y, 0) - y * target + Rnn::Runtime.Logarithms.OnePlus(e);
        float p = (y < 0 ? e : 1) / (1 + e);
        dy = (p - target) * scale;
        """)]
    [InlineData("CrossEntropy", """
        // exp(value - max) of each class, in the place of its adjoint, and their sum.
        float sum = Rnn::Runtime.Rows.ShiftedExp(ref output, ref adjoint, 5, out float max);
        loss = max - Jit::Unsafe.Add(ref output, target) + float.Log(sum);
        float share = scale / sum;
        for (int j = 0; j < 5; j++)
        {
            Jit::Unsafe.Add(ref adjoint, j) *= share;
        }

        Jit::Unsafe.Add(ref adjoint, target) -= scale;
        """)]
    public void TheCodeIsWhatAPersonWouldWrite(string name, string code) => string.Join("\n", Lines(LossCase.Of(name), "float", out _)).ShouldBe(code);

    [Theory]
    [InlineData("MeanSquaredError", "d = y - target|loss = d * d|∂y = 2 * d")]
    [InlineData("MeanAbsoluteError", "d = y - target|loss = abs(d)|∂y = sign(d)")]
    [InlineData("Huber", "d = y - target|size = abs(d)|loss = select(size <= 1, d * d / 2, size - 0.5)|∂y = select(size > 1, sign(d), d)")]
    [InlineData("BinaryCrossEntropy", "p = sigmoid(y)|loss = softplus(y) - y * target|∂y = p - target")]
    [InlineData("CrossEntropy", "p = softmax(y)|loss = -pick(logsoftmax(y), target)|∂y = p|∂y[target] = ∂y[target] - 1")]
    [InlineData("Ctc", "")]
    public void TheNotesAreTheEquationsAndTheGradient(string name, string notes) =>
        string.Join("|", LossNotes.Of(((LossSource)name).Definition, LossCase.Classes)).ShouldBe(notes);

    /// <summary>The loss and its gradient, computed by the code in single precision.</summary>
    internal static double[] Single(string loss, double[] outputs, double target) => (double[])s_single.Value.GetMethod(loss)!.Invoke(null, [outputs, target, 1.0])!;

    private static readonly Lazy<Type> s_single = new(() => Compile("float"));

    // The statements, and what they call the outputs and their gradients.
    private static IReadOnlyList<string> Lines(LossCase loss, string number, out IReadOnlyList<(string Output, string Gradient)> names)
    {
        LossProgram program = LossProgram.Create(loss.Definition, LossCase.Classes);
        LossCode code = LossEmitter.Code(program, number);
        names = [];
        if (loss.Definition.TargetsAreClasses)
        {
            return code.OfClasses("loss =", LossCase.Classes);
        }

        names = [.. program.Source.Outputs.Select(o => code.Declare(o, program.Graph[o].Name)).ToList().Select(n => (n, code.Claim("d" + n)))];
        return code.OfTarget("sum +=", [.. names.Select(n => n.Gradient)]);
    }

    // A method for each loss: outputs, target and scale to the loss and its gradient.
    private static Type Compile(string number)
    {
        IEnumerable<string> methods = LossCase.All.Select(loss =>
        {
            bool classes = loss.Definition.TargetsAreClasses;
            IReadOnlyList<string> lines = Lines(loss, number, out IReadOnlyList<(string Output, string Gradient)> names);
            string declared = classes
                ? $"int target = (int)wanted; ref {number} output = ref y_[0]; ref {number} adjoint = ref dy_[0]; {number} loss = 0;"
                : $"{number} target = ({number})wanted; {number} sum = 0; " + string.Concat(names.Select((n, i) => $"{number} {n.Output} = y_[{i}]; ref {number} {n.Gradient} = ref dy_[{i}]; "));
            return $$"""
                public static double[] {{loss.Name}}(double[] outputs_, double wanted, double factor)
                {
                    {{number}} scale = ({{number}})factor;
                    {{number}}[] y_ = System.Array.ConvertAll(outputs_, v => ({{number}})v), dy_ = new {{number}}[outputs_.Length];
                    {{declared}}
                    {{string.Join("\n", lines)}}
                    var result = new System.Collections.Generic.List<double> { {{(classes ? "loss" : "sum")}} };
                    foreach ({{number}} value in dy_) result.Add(value);
                    return result.ToArray();
                }
                """;
        });
        Compilation compilation = Compiler.Create($"{ModelContext.Aliases}\npublic static class Compiled {{ {string.Join("\n", methods)} }}");
        string.Join("\n", compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)).ShouldBe("");
        using MemoryStream stream = new();
        compilation.Emit(stream).Success.ShouldBeTrue();
        return Assembly.Load(stream.ToArray()).GetType("Compiled")!;
    }
}
