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

    private readonly Draw _sound = new(random, absurd: false), _absurd = new(random, absurd: true);

    /// <summary>One file with a model in a namespace of its own, <c>Fuzz</c> and its number.</summary>
    public string Next(int number)
    {
        Draw draw = _sound.Chance(3) ? _absurd : _sound;
        string name = draw.Pick(Names);
        string header = draw.Absurd(4) ? draw.Pick(OddHeaders) : draw.Pick(Headers);
        string body = draw.Absurd(4) ? draw.Pick(OddBodies) : draw.Pick(Bodies).Replace("M1", name, StringComparison.Ordinal);
        var attributes = new RandomModel(draw, number);
        string layers = attributes.Attributes();
        string model = "/// <summary>Documented.</summary>\n" + layers + "\n" + header + " " + name + body;
        string around = draw.IsAbsurd ? draw.Pick(Arounds) : Arounds[random.Next(13)];
        string text = (around == "$" ? "" : "/// <summary>Around.</summary>\n") + around.Replace("$", "\n" + model + "\n", StringComparison.Ordinal) + "\n" + string.Concat(attributes.Cells.Where((_, i) => layers.Contains($"<Cell{Draw.Text(i)}>", StringComparison.Ordinal))) + (layers.Contains("OwnLoss", StringComparison.Ordinal) ? attributes.OwnLoss : "");
        string @namespace = "Fuzz" + Draw.Text(number) + "." + draw.Pick(Namespaces);
        return draw.Chance(2) ? $"namespace {@namespace};\n{text}\n" : $"namespace {@namespace}\n{{\n{text}\n}}\n";
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
                _ => text.Insert(start, _sound.Pick("(", ")", "[", "]", "{", "}", "<", ">", ",", ";", "=", "\"", "'", "//", "/*", "@", "#if X\n", "\0", "\ud800", "new ", "?", "\n", "\"\"\"", "'")),
            };
        }

        return text;
    }
}
