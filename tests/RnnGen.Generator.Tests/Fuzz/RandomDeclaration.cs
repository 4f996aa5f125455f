using System.Globalization;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>Declarations of models drawn at random: most of them sound, many absurd, some half-typed.</summary>
internal sealed class RandomDeclaration(Random random)
{
    // What stands around a model, with a place for it.
    private static readonly string[] Arounds =
    [
        "$", "$", "$", "$", "$", "public partial class Outer { $ }", "internal static partial class Outer { $ }", "public partial struct Outer { $ }",
        "internal partial interface IOuter { $ }", "public partial record Outer { $ }", "public partial record struct Outer(int Size) { $ }",
        "public readonly ref partial struct Outer { $ }", "public partial class Outer { public class State; internal partial class @event { $ } }",
        "public class Outer { $ }", "public partial class Outer<T> { $ }", "file partial class Outer { $ }", "public abstract partial class Outer { protected internal partial class Inner { $ } }",
    ];

    private static readonly string[] Namespaces =
    [
        "A", "A.B.C", "@class.@namespace", "System", "RnnGen", "A.System.RnnGen", "RnnGen.Runtime", "Größe.İç", "Vector", "_", "@int", "global_", "Microsoft.CSharp", "@await.@async",
    ];

    private static readonly string[] Names =
        ["M", "Model", "Forecaster", "@class", "@event", "@record", "Größe", "İstanbul", "ınce", "_", "__", "Optimizer", "Span", "Math", "Unsafe", "VectorMath", "System", "RnnGen", "Rows", "String", "Object", "@var", "@value", "@nameof", "Loss", "Gru", "@this"];

    private static readonly string[] Headers =
    [
        "public sealed partial class", "public sealed partial class", "public sealed partial class", "internal partial class", "partial class", "public partial class", "public unsafe partial class",
    ];

    private static readonly string[] OddHeaders =
    [
        "public class", "public static partial class", "public abstract partial class", "file partial class", "public partial record", "public partial record class", "public partial struct", "public partial interface", "public partial record struct", "public ref partial struct",
    ];

    private static readonly string[] Bodies =
    [
        ";", ";", ";", ";", " { }", " { private readonly int _count = 1; public int Count => _count; }", " : global::System.IDisposable { public void Dispose() { } }",
        " { public M1(string name, int seed) : this(seed) { } }", " { static int Zero() => 0; public int Zeroes() => Zero(); }", " { public class Inner { public int Predict; } }",
    ];

    private static readonly string[] OddBodies =
        ["<T>;", "(int size);", " { public int Fit; }", " { public void State() { } }", " { public required int Kind { get; set; } }", " : global::System.Exception { }", " { public event global::System.Action? Load; }", " { private int _rnnThing; }"];

    private static readonly string[] Absurd =
        ["0", "-1", "65536", "65537", "int.MaxValue", "int.MinValue", "1 << 20", "'a'", "unchecked((int)4000000000)", "default", "3 / 2", "(byte)3", "sizeof(int)"];

    private static readonly string[] AbsurdShares = ["-0.1", "1", "1.5", "double.NaN", "double.PositiveInfinity", "0.999999", "1e-300", "-0.0"];

    private static readonly int[] Sizes = [1, 2, 3, 5, 8, 16, 17];

    private bool _absurd;

    /// <summary>One file with a model in a namespace of its own, <c>Fuzz</c> and its number.</summary>
    public string Next(int number)
    {
        _absurd = random.Next(3) == 0;
        string name = Pick(Names);
        string header = _absurd && Chance(4) ? Pick(OddHeaders) : Pick(Headers);
        string body = _absurd && Chance(4) ? Pick(OddBodies) : Pick(Bodies).Replace("M1", name, StringComparison.Ordinal);
        string model = "/// <summary>Documented.</summary>\n" + Attributes() + "\n" + header + " " + name + body;
        string around = _absurd ? Pick(Arounds) : Arounds[random.Next(13)];
        string text = (around == "$" ? "" : "/// <summary>Around.</summary>\n") + around.Replace("$", "\n" + model + "\n", StringComparison.Ordinal);
        string @namespace = "Fuzz" + Number(number) + "." + Pick(Namespaces);
        return Chance(2) ? $"namespace {@namespace};\n{text}\n" : $"namespace {@namespace}\n{{\n{text}\n}}\n";
    }

    /// <summary>The same as someone is typing it: tokens missing, doubled, or cut off.</summary>
    public string Torn(string text)
    {
        for (int i = random.Next(1, 4); i > 0 && text.Length > 20; i--)
        {
            int start = random.Next(text.Length - 8);
            int length = random.Next(1, 8);
            text = random.Next(4) switch
            {
                0 => text.Remove(start, length),
                1 => text.Insert(start, text.Substring(start, length)),
                2 => text[..(start + length)],
                _ => text.Insert(start, Pick(["(", ")", "[", "]", "{", "}", "<", ">", ",", ";", "=", "\"", "'", "//", "/*", "@", "#if X\n", "\0", "\ud800", "new ", "?", "\n"])),
            };
        }

        return text;
    }

    private string Attributes()
    {
        string architecture = Pick(["ManyToOne", "ManyToOne", "ManyToMany", "ManyToMany", "OneToMany", "EncoderDecoder"]);
        bool isDecoded = architecture is "OneToMany" or "EncoderDecoder";
        bool classes = Chance(2);
        int outputs = classes ? random.Next(2, 6) : Pick(Sizes);
        bool tokens = architecture != "OneToMany" && Chance(3);
        var model = new List<string>();
        string loss = classes ? architecture == "ManyToMany" && Chance(4) ? "Ctc" : "CrossEntropy" : Pick((string[])(isDecoded ? ["MeanSquaredError", "MeanAbsoluteError", "Huber"] : ["MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossEntropy"]));
        model.Add("Loss = Loss." + loss);
        Add(model, !tokens, "InputSize", Pick(Sizes));
        int steps = random.Next(1, 5);
        Add(model, architecture != "OneToMany", "SequenceLength", steps);
        Add(model, true, "OutputSize", outputs);
        Add(model, isDecoded, "OutputLength", random.Next(1, 4));
        Add(model, Chance(3), "BatchSize", Pick([1, 2, 4, 5]));
        Add(model, _absurd && Chance(6), "CheckpointEvery", random.Next(0, 4));
        Add(model, loss == "Ctc" && Chance(2), "LabelLength", random.Next(1, steps + 1));
        Add(model, Chance(12), "StartToken", random.Next(0, outputs));
        Option(model, Chance(3), "Precision", "Double");
        Option(model, Chance(4), "Accuracy", "Fast");
        Option(model, architecture == "ManyToOne" && Chance(3) || _absurd && Chance(8), "Pooling", Pick(["Mean", "Max", "Last"]));
        Option(model, architecture != "OneToMany" && Chance(4) || _absurd && Chance(8), "InitialState", "Learned");
        if (Chance(4) || _absurd && Chance(4))
        {
            model.Add("OutputActivation = Activation." + (classes || loss == "BinaryCrossEntropy" ? _absurd ? Pick(["Tanh", "(Activation)9"]).Replace("Activation.(", "(", StringComparison.Ordinal) : "Identity" : Pick(["Tanh", "Relu", "Sigmoid"])));
        }

        Flag(model, loss != "Ctc" && !isDecoded && Chance(4) || _absurd && Chance(10), "MaskedTargets");
        Flag(model, _absurd && Chance(8), "TiedEmbedding");
        Share(model, Chance(5), "OutputDropout");
        Shuffle(model);
        string first = _absurd && Chance(15) ? Pick(["(Architecture)7", "default", "(Architecture)(-1)", "null", "0"]) : "Architecture." + architecture;
        var lines = new List<string> { $"RnnModel({string.Join(", ", model.Prepend(first))})" };
        if (_absurd && Chance(25))
        {
            lines[0] = Pick(["RnnModel", "RnnModel()", "RnnModel(InputSize = 1)", "System.Obsolete"]);
        }

        if (architecture == "OneToMany")
        {
            for (int i = random.Next(3); i > 0; i--)
            {
                lines.Add(Dense());
            }

            if (lines.Count > 1 || Chance(2))
            {
                lines.Add("Decoder");
            }
        }
        else
        {
            Stack(lines, tokens ? Pick([2, 7, 30]) : 0, isEncoder: true);
            if (isDecoded)
            {
                lines.Add(Chance(2) ? "Decoder" : "Decoder(Attention = Attention." + Pick(["None", "Multiplicative", "Additive"]) + ")");
            }
        }

        if (isDecoded)
        {
            Stack(lines, classes ? outputs : 0, isEncoder: false);
        }

        if (_absurd && Chance(8))
        {
            (lines[^1], lines[0]) = (lines[0], lines[^1]);
        }

        if (_absurd && Chance(8))
        {
            lines.Insert(random.Next(lines.Count), Pick(["Decoder", "LayerNorm", "Embedding(5, 3)", "Lstm", "Layer(3)", "System.Serializable", lines[^1]]));
        }

        return Chance(3) ? "[" + string.Join(", ", lines) + "]" : string.Join("\n", lines.Select(line => "[" + line + "]"));
    }

    private void Stack(List<string> lines, int tokens, bool isEncoder)
    {
        int width = 0;
        if (tokens > 0)
        {
            int size = Pick(Sizes);
            lines.Add($"Embedding({Value(tokens)}, {Value(size)}{(Chance(6) ? ", Frozen = true" : "")})");
            width = size;
        }

        int count = random.Next(1, 4);
        int recurrent = random.Next(count);
        bool first = true;
        for (int i = 0; i < count; i++)
        {
            if (i != recurrent && Chance(3))
            {
                lines.Add(Dense());
                width = 0;
            }
            else if (!first && i != recurrent && Chance(4))
            {
                lines.Add("LayerNorm" + (Chance(4) ? "(Frozen = true)" : ""));
            }
            else
            {
                int size = Pick(Sizes);
                bool both = isEncoder && Chance(5) || _absurd && Chance(8);
                int wide = both ? 2 * size : size;
                var arguments = new List<string>();
                Flag(arguments, both, "Bidirectional");
                Flag(arguments, !first && wide == width && Chance(2) || _absurd && Chance(10), "Residual");
                Flag(arguments, Chance(8), "Frozen");
                Share(arguments, Chance(6), "Dropout");
                Share(arguments, Chance(8), "RecurrentDropout");
                Option(arguments, Chance(6), "Initializer", Pick(["Glorot", "Orthogonal", "Uniform", "Identity"]));
                string cell = Pick(["Rnn", "Lstm", "Gru"]);
                if (cell == "Rnn" && Chance(3))
                {
                    arguments.Add("Activation = Activation." + (_absurd ? Pick(["Sigmoid", "Identity", "Relu"]) : Pick(["Tanh", "Relu"])));
                }

                Shuffle(arguments);
                lines.Add($"{Pick(["", "", "", "RnnGen.", "global::RnnGen."]).Replace("RnnGen.", "global::RnnGen.", StringComparison.Ordinal).Replace("global::global::", "global::", StringComparison.Ordinal)}{cell}({string.Join(", ", arguments.Prepend((Chance(8) ? "hiddenSize: " : "") + Value(size)))})");
                width = wide;
            }

            first = false;
        }
    }

    private string Dense() => $"Dense({Value(Pick(Sizes))}{(Chance(2) ? ", Activation = Activation." + Pick(["Identity", "Tanh", "Relu", "Sigmoid"]) : "")})";

    private string Value(int value) => _absurd && Chance(15) ? Pick(Absurd) : Number(value);

    private void Add(List<string> to, bool wanted, string name, int value)
    {
        if (wanted != (_absurd && Chance(20)))
        {
            to.Add($"{name} = {Value(value)}");
        }
    }

    private static void Option(List<string> to, bool wanted, string name, string value)
    {
        if (wanted)
        {
            to.Add($"{name} = {name}.{value}");
        }
    }

    private static void Flag(List<string> to, bool wanted, string name)
    {
        if (wanted)
        {
            to.Add(name + " = true");
        }
    }

    private void Share(List<string> to, bool wanted, string name)
    {
        if (wanted)
        {
            to.Add($"{name} = {(_absurd && Chance(4) ? Pick(AbsurdShares) : Pick(["0", "0.1", "0.5"]))}");
        }
    }

    private void Shuffle(List<string> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
