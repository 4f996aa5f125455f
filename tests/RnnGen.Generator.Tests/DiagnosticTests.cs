using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Analyzing;
using RnnGen.Generator.Model;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>
/// Every rule is reported where it is to be fixed, marked <c>⟦so⟧</c>, stops the generation, and is gone from the fixed source.
/// </summary>
public sealed class DiagnosticTests
{
    private const string Tokens = "[RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 1)]\n";

    private const string Model = "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]";

    private const string Distance = "[Loss(\"loss = abs(y - target)\")] public sealed class L : ILoss;\n";

    private const string Head = Model + "\n[Lstm(8)]\n";

    /// <summary>Rule, source with the place marked, fixed source, and a part of the message.</summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "RNN001", Head + "public class ⟦M⟧;", Head + "public partial class M;", "add the 'partial' modifier" },

        { "RNN002", Head + "public static partial class ⟦M⟧;", Head + "public partial class M;", "remove the 'static' modifier" },
        { "RNN002", Head + "public abstract partial class ⟦M⟧;", Head + "public partial class M;", "remove the 'abstract' modifier" },
        { "RNN002", Head + "public partial class ⟦M⟧<T>;", Head + "public partial class M;", "remove its type parameters" },
        { "RNN002", Head + "file partial class ⟦M⟧;", Head + "internal partial class M;", "remove the 'file' modifier" },
        { "RNN002", Head + "public partial record ⟦M⟧;", Head + "public partial class M;", "declare it as a class" },
        { "RNN002", Head + "public partial record class ⟦M⟧;", Head + "public partial class M;", "'Clone'" },

        { "RNN003", "public class ⟦A⟧ {" + Head + "public partial class M; }", "public partial class A {" + Head + "public partial class M; }", "'A', which is not partial" },
        { "RNN003", "public class ⟦A⟧ { public partial class B {" + Head + "public partial class M; } }", "public partial class A { public partial struct B {" + Head + "public partial class M; } }", "'A', which is not partial" },
        { "RNN003", "public partial class ⟦A⟧<T> {" + Head + "public partial class M; }", "public partial class A {" + Head + "public partial class M; }", "generic" },
        { "RNN003", "file partial class ⟦A⟧ {" + Head + "public partial class M; }", "partial class A {" + Head + "public partial class M; }", "local to its file" },

        { "RNN004", Head + "public partial class M { public void ⟦Predict⟧() { } }", Head + "public partial class M { public void Forecast() { } }", "'Predict'" },
        { "RNN004", Head + "public partial class M { public int ⟦Parameters⟧ => 1; }", Head + "public partial class M { public int P => 1; }", "'Parameters'" },
        { "RNN004", Head + "public partial class M { private class ⟦State⟧; }", Head + "public partial class M { private class States; }", "'State'" },
        { "RNN004", Head + "public partial class M { private static readonly int ⟦Layout⟧ = 1; }", Head + "public partial class M { private static readonly int layout = 1; }", "'Layout'" },
        { "RNN004", Head + "public partial class M;\npublic partial class M { public event System.Action? ⟦Fit⟧ { add { } remove { } } }", Head + "public partial class M;\npublic partial class M { }", "'Fit'" },
        { "RNN004", Head + "public partial class ⟦State⟧;", Head + "public partial class Status;", "'State'" },

        { "RNN005", Head + "public partial class ⟦M⟧(int size) { public int Size => size; }", Head + "public partial class M { public int Size => 1; }", "primary constructor" },
        { "RNN005", Head + "public partial class M { public ⟦M⟧(int seed) { } }", Head + "public partial class M { public M(string name) : this(name.Length) { } }", "(int seed)" },
        { "RNN005", Head + "public partial class M { public ⟦M⟧(string name) { } }", Head + "public partial class M { static M() { } }", ": this(seed)" },
        { "RNN005", Head + "public partial class M { public required int ⟦Kind⟧ { get; set; } }", Head + "public partial class M { public int Kind { get; set; } }", "required member 'Kind'" },

        { "RNN006", "public class B { public B(int n) { } }\n" + Head + "public partial class ⟦M⟧ : B;", "public class B { public B(int n = 1) { } }\n" + Head + "public partial class M : B;", "no constructor without parameters" },
        { "RNN006", "public class A { public virtual void Save() { } } public class B : A;\n" + Head + "public partial class ⟦M⟧ : B;", "public class A { private void Save() { } } public class B : A;\n" + Head + "public partial class M : B;", "'Save'" },
        { "RNN006", "public class B { public required int Kind; }\n" + Head + "public partial class ⟦M⟧ : B;", "public class B { public int Kind; }\n" + Head + "public partial class M : B;", "'Kind'" },
        { "RNN006", Head + "public partial class B;\n" + Head + "public partial class ⟦M⟧ : B;", Head + "public partial class B;\n" + Head + "public partial class M;", "is a model itself" },

        { "RNN007", "[⟦RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)⟧]\npublic partial class M;", Head + "public partial class M;", "no layer;" },
        { "RNN007", "[⟦RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)⟧]\n[Dense(3)]\npublic partial class M;", Model + "[Dense(3)][Gru(3)]\npublic partial class M;", "only dense layers" },

        { "RNN008", "[⟦Lstm(8)⟧]\n[Lstm(9)]\npublic partial class M;", Head + "[Lstm(9)]\npublic partial class M;", "add [RnnModel(...)]" },

        { "RNN009", Head + "public partial class M;\n[⟦Lstm(9)⟧]\npublic partial class M;", Head + "[Lstm(9)]\npublic partial class M;\npublic partial class M;", "move it" },
        { "RNN009", "[⟦Gru(9)⟧]\npublic partial class M;\n" + Head + "public partial class M;", "public partial class M;\n" + Head + "public partial class M;", "move it" },

        { "RNN010", Head + "[⟦RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 1)⟧]\npublic partial class M;", Head + "public partial class M;\n" + Head + "public partial class N;", "more than one model" },
        { "RNN010", Head + "public partial class M;\n[⟦RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 1)⟧]\npublic partial class M;", Head + "public partial class M;\npublic partial class M;", "more than one model" },

        { "RNN011", "[⟦RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 1)⟧, Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "'InputSize = ...'" },
        { "RNN011", "[⟦RnnModel(Architecture.ManyToOne, InputSize = 1, OutputSize = 1)⟧, Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "'SequenceLength = ...'" },
        { "RNN011", "[⟦RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4)⟧, Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "'OutputSize = ...'" },

        { "RNN012", Model + "\n[Lstm(⟦0⟧)]\npublic partial class M;", Model + "\n[Lstm(1)]\npublic partial class M;", "hiddenSize is 0" },
        { "RNN012", Model + "\n[Gru(⟦hiddenSize: -3⟧)]\npublic partial class M;", Model + "\n[Gru(hiddenSize: 3)]\npublic partial class M;", "hiddenSize is -3" },
        { "RNN012", Model + "\n[Rnn(⟦65_537⟧, Activation = Activation.Relu)]\npublic partial class M;", Model + "\n[Rnn(16_384, Activation = Activation.Relu)]\npublic partial class M;", "from 1 to 65536" },
        { "RNN012", Model + "\n[Dense(⟦int.MaxValue⟧), Lstm(8)]\npublic partial class M;", Model + "\n[Dense(short.MaxValue), Lstm(8)]\npublic partial class M;", "size is 2147483647" },
        { "RNN012", "[RnnModel(Architecture.ManyToOne, ⟦InputSize = 0⟧, SequenceLength = 4, OutputSize = 1), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "InputSize is 0" },
        { "RNN012", "[RnnModel(Architecture.ManyToOne, InputSize = 1, ⟦SequenceLength = 65537⟧, OutputSize = 1), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 32, OutputSize = 1), Lstm(8)]\npublic partial class M;", "SequenceLength is 65537" },
        { "RNN012", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, ⟦OutputSize = -1⟧), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "OutputSize is -1" },
        { "RNN012", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦BatchSize = 0⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 1), Lstm(8)]\npublic partial class M;", "BatchSize is 0" },

        { "RNN013", "[RnnModel(Architecture.ManyToOne, InputSize = 65536, ⟦SequenceLength = 4200⟧, OutputSize = 1), Lstm(16)]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, InputSize = 65536, SequenceLength = 4200, OutputSize = 1, BatchSize = 4), Lstm(16)]\npublic partial class M;", "values of memory for a batch, and the limit is 2147418112; lower BatchSize, SequenceLength" },
        { "RNN013", "[RnnModel(Architecture.ManyToOne, InputSize = 65536, ⟦SequenceLength = 4096⟧, OutputSize = 1, BatchSize = 65536), Lstm(1)]\npublic partial class M;", Head + "public partial class M;", "values of memory for a batch" },
        { "RNN013", Model + "\n[Lstm(8)]\n[⟦Lstm(65536)⟧]\npublic partial class M;", Model + "\n[Lstm(8)]\n[Lstm(8192)]\npublic partial class M;", "needs 17182556513 parameters, and the limit is 1073741824; lower this size" },
        { "RNN013", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, ⟦OutputSize = 65536⟧), Rnn(20000)]\npublic partial class M;", Head + "public partial class M;", "parameters" },
        { "RNN013", Model + "\n[⟦Lstm(16380)⟧]\npublic partial class M;", Head + "public partial class M;", "weights in the layouts that the kernels read" },

        { "RNN014", "[RnnModel(⟦(Architecture)7⟧, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "Architecture.OneToMany or Architecture.EncoderDecoder" },
        { "RNN014", "[RnnModel(⟦architecture: (Architecture)(-1)⟧, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "architecture is -1" },
        { "RNN014", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Loss = (Loss)99⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Loss = (Loss)4), Lstm(8)]\npublic partial class M;", "Loss is 99" },
        { "RNN014", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦OutputActivation = (Activation)4⟧), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "OutputActivation is 4" },
        { "RNN014", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦OutputInitializer = (Initializer)5⟧), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "OutputInitializer is 5" },
        { "RNN014", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Precision = (Precision)2⟧), Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "Precision.Single or Precision.Double" },
        { "RNN014", Model + "[Lstm(8, ⟦Initializer = (Initializer)99⟧)]\npublic partial class M;", Head + "public partial class M;", "Initializer is 99" },
        { "RNN014", Model + "[Lstm(8), Dense(3, ⟦Activation = (Activation)99⟧)]\npublic partial class M;", Head + "public partial class M;", "Activation is 99" },

        { "RNN015", Model + "[Rnn(8, ⟦Activation = Activation.Sigmoid⟧)]\npublic partial class M;", Model + "[Rnn(8, Activation = Activation.Relu)]\npublic partial class M;", "Sigmoid" },
        { "RNN015", Model + "[Rnn(8, ⟦Activation = Activation.Identity⟧)]\npublic partial class M;", Model + "[Rnn(8, Activation = Activation.Tanh)]\npublic partial class M;", "Activation.Tanh or Activation.Relu" },

        { "RNN016", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, ⟦OutputActivation = Activation.Tanh⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy), Lstm(8)]\npublic partial class M;", "softmax" },
        { "RNN016", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.BinaryCrossEntropy, ⟦OutputActivation = Activation.Sigmoid⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, OutputActivation = Activation.Sigmoid), Lstm(8)]\npublic partial class M;", "sigmoid" },

        { "RNN017", "[RnnModel(default, InputSize = 1, SequenceLength = 4, ⟦OutputSize = 1⟧, Loss = Loss.CrossEntropy), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Loss = Loss.BinaryCrossEntropy), Lstm(8)]\npublic partial class M;", "BinaryCrossEntropy" },

        { "RNN020", "[RnnModel(Architecture.ManyToOne, InputSize = 1, ⟦SequenceLength = 65536⟧, OutputSize = 1), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 32, OutputSize = 1), Lstm(8)]\npublic partial class M;", "and the limit is 250000; lower SequenceLength" },
        { "RNN020", "[RnnModel(Architecture.ManyToMany, InputSize = 1, ⟦SequenceLength = 65536⟧, OutputSize = 1, BatchSize = 1), " + string.Concat(Enumerable.Repeat("Gru(1), ", 1999)) + "Gru(1)]\npublic partial class M;", Head + "public partial class M;", "about 131072000 lines" },

        { "RNN021", Model + "[Lstm(8)]\n[⟦Embedding(10, 3)⟧]\npublic partial class M;", Tokens + "[Embedding(10, 3), Lstm(8)]\npublic partial class M;", "make it the first layer" },
        { "RNN021", Tokens + "[Embedding(10, 3), ⟦Embedding(10, 3)⟧, Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(10, 3), Lstm(8)]\npublic partial class M;", "after another layer" },
        { "RNN022", "[RnnModel(Architecture.ManyToOne, ⟦InputSize = 5⟧, SequenceLength = 4, OutputSize = 1), Embedding(10, 3), Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(10, 3), Lstm(8)]\npublic partial class M;", "InputSize cannot be 5" },
        { "RNN023", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Pooling = Pooling.Mean⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Pooling = Pooling.Last), Lstm(8)]\npublic partial class M;", "an output at every step" },

        { "RNN024", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦OutputLength = 3⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8)]\npublic partial class M;", "decodes nothing" },
        { "RNN024", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[⟦Decoder⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "a [Decoder]" },
        { "RNN025", "[⟦RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)⟧]\n[Lstm(8)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "put [Decoder]" },
        { "RNN026", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Lstm(8)]\n[⟦Decoder⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Lstm(8)]\n[Decoder]\n[Embedding(9, 4)]\n[Lstm(8)]\npublic partial class M;", "[Embedding(9, size)]" },
        { "RNN026", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[⟦Embedding(9, 4)⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "remove the decoder's embedding" },
        { "RNN026", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Lstm(8)]\n[Decoder]\n[⟦Embedding(8, 4)⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Lstm(8)]\n[Decoder]\n[Embedding(9, 4)]\n[Lstm(8)]\npublic partial class M;", "make them equal" },
        { "RNN026", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1, Loss = Loss.BinaryCrossEntropy)]\n[Lstm(8)]\n[⟦Decoder⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "BinaryCrossEntropy" },
        { "RNN027", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8, ⟦Bidirectional = true⟧)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8, Bidirectional = true)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "not yet decoded" },
        { "RNN028", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[⟦Gru(8)⟧]\n[Decoder]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Dense(8)]\n[Decoder]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "one vector" },
        { "RNN029", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Dense(8)]\n[Decoder(⟦Attention = Attention.Additive⟧)]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Dense(8)]\n[Decoder]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "no encoder steps" },
        { "RNN030", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy, ⟦EndToken = 9⟧)]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy, EndToken = 8)]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "from 0 to 8" },
        { "RNN030", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy, ⟦StartToken = -1⟧)]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Embedding(9, 4)]\n[Gru(8)]\npublic partial class M;", "StartToken is -1" },
        { "RNN031", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8, ⟦Dropout = 1⟧)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8, Dropout = 0.5)]\npublic partial class M;", "below 1" },
        { "RNN031", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦OutputDropout = double.NaN⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;", "NaN" },
        { "RNN032", "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Embedding(9, 4, ⟦Dropout = 0.5⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Embedding(9, 4)]\n[Lstm(8, Dropout = 0.5)]\npublic partial class M;", "on the layer after it" },
        { "RNN033", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 3, ⟦Loss = Loss.Ctc⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.Ctc)]\n[Lstm(8)]\npublic partial class M;", "ManyToMany" },
        { "RNN034", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.Ctc, ⟦LabelLength = 5⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.Ctc, LabelLength = 4)]\n[Lstm(8)]\npublic partial class M;", "each label needs a step" },
        { "RNN035", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3, ⟦InitialState = InitialState.Learned⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3)]\n[Lstm(8)]\npublic partial class M;", "start from its input" },
        { "RNN036", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[⟦LayerNorm⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[LayerNorm]\npublic partial class M;", "a [LayerNorm]" },
        { "RNN036", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[⟦Lstm(8, Residual = true)⟧]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[Lstm(8, Residual = true)]\npublic partial class M;", "Residual" },
        { "RNN036", Tokens + "[⟦Embedding(9, 8, Residual = true)⟧, Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(9, 8), Lstm(8)]\npublic partial class M;", "Residual" },
        { "RNN037", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[Lstm(8, Bidirectional = true, ⟦Residual = true⟧)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[Lstm(4, Bidirectional = true, Residual = true)]\npublic partial class M;", "8 inputs to its 16 outputs" },
        { "RNN038", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦TiedEmbedding = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;", "has no embedding" },
        { "RNN038", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, ⟦TiedEmbedding = true⟧)]\n[Embedding(8, 8)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, TiedEmbedding = true)]\n[Embedding(9, 8)]\n[Lstm(8)]\npublic partial class M;", "8 tokens and 9 outputs" },
        { "RNN038", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, ⟦TiedEmbedding = true⟧)]\n[Embedding(9, 8)]\n[Lstm(7)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, TiedEmbedding = true)]\n[Embedding(9, 7)]\n[Lstm(7)]\npublic partial class M;", "reads 7 values" },
        { "RNN038", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 8, Loss = Loss.Gaussian, ⟦TiedEmbedding = true⟧)]\n[Embedding(8, 8)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 8, Loss = Loss.Gaussian)]\n[Embedding(8, 8)]\n[Lstm(8)]\npublic partial class M;", "Loss.Gaussian, which reads 2 values" },
        { "RNN038", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, ⟦TiedEmbedding = true⟧)]\n[Embedding(9, 8, Frozen = true)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy)]\n[Embedding(9, 8, Frozen = true)]\n[Lstm(8)]\npublic partial class M;", "frozen" },
        { "RNN081", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, ⟦5⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 4)]\n[Lstm(8)]\npublic partial class M;", "reads 4 steps away, but a sequence has 4" },
        { "RNN081", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3, ⟦Dilation = 2⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3)]\n[Lstm(8)]\npublic partial class M;", "lower the kernel or the dilation" },
        { "RNN081", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, ⟦9⟧, Causal = false)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 7, Causal = false)]\n[Lstm(8)]\npublic partial class M;", "reads 4 steps away" },
        { "RNN081", "[RnnModel(Architecture.ManyToMany, InputSize = 20000, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, ⟦4⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 20000, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3)]\n[Lstm(8)]\npublic partial class M;", "reads 80000 values" },
        { "RNN081", "[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\n[⟦Conv1D(8, 3)⟧]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3)]\n[Lstm(8)]\npublic partial class M;", "follows the last recurrent layer" },
        { "RNN081", "[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[⟦Conv1D(8, 3)⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Conv1D(8, 3)]\n[Lstm(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "is in a decoder" },
        { "RNN081", "[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 3, OutputSize = 1)]\n[⟦Conv1D(8, 3)⟧]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 3, OutputSize = 1)]\n[Dense(8)]\n[Lstm(8)]\npublic partial class M;", "use [Dense] there" },
        { "RNN028", "[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 3, OutputSize = 1)]\n[⟦Conv1D(8, 3)⟧]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 3, OutputLength = 3, OutputSize = 1)]\n[Dense(8)]\n[Decoder]\n[Lstm(8)]\npublic partial class M;", "one vector" },
        { "RNN012", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, ⟦0⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 1)]\n[Lstm(8)]\npublic partial class M;", "kernel" },
        { "RNN012", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(⟦-1⟧, 3)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(1, 3)]\n[Lstm(8)]\npublic partial class M;", "filters" },
        { "RNN012", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3, ⟦Dilation = 0⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3, Dilation = 1)]\n[Lstm(8)]\npublic partial class M;", "Dilation" },
        { "RNN041", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 1, ⟦Dilation = 2⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 1)]\n[Lstm(8)]\npublic partial class M;", "'Dilation' has no effect in the model 'M': a kernel of one step reads its own step alone" },
        { "RNN007", "[⟦RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)⟧]\n[Conv1D(8, 3)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Conv1D(8, 3)]\n[Lstm(8)]\npublic partial class M;", "no layer that is recurrent" },
        { "RNN080", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦OutputSkip = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, OutputSkip = true)]\n[Lstm(8)]\npublic partial class M;", "is ManyToOne" },
        { "RNN080", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 2, ⟦OutputSkip = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 2, OutputSkip = true)]\n[Lstm(8)]\npublic partial class M;", "2 outputs (OutputSize) and 1 inputs" },
        { "RNN080", "[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 1, Loss = Loss.Gaussian, ⟦OutputSkip = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 1, Loss = Loss.Huber, OutputSkip = true)]\n[Lstm(8)]\npublic partial class M;", "has the loss Loss.Gaussian, whose predictions are not the output layer's values" },
        { "RNN080", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1, ⟦OutputSkip = true⟧)]\n[Embedding(9, 8)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1)]\n[Embedding(9, 8)]\n[Lstm(8)]\npublic partial class M;", "reads tokens" },
        { "RNN078", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3, ⟦InputGradients = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3)]\n[Lstm(8)]\npublic partial class M;", "'M' decodes" },
        { "RNN039", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.Ctc, ⟦MaskedTargets = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.Ctc)]\n[Lstm(8)]\npublic partial class M;", "no steps" },
        { "RNN039", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3, ⟦MaskedTargets = true⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 4, OutputSize = 3)]\n[Lstm(8)]\npublic partial class M;", "end token" },
        { "RNN040", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦RecomputeEvery = 3⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, RecomputeEvery = 2)]\n[Lstm(8)]\npublic partial class M;", "3 does not divide" },
        { "RNN040", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦RecomputeEvery = 2⟧)]\n[Lstm(8, Bidirectional = true)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8, Bidirectional = true)]\npublic partial class M;", "as a whole" },
        { "RNN040", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Pooling = Pooling.Mean, ⟦RecomputeEvery = 2⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Pooling = Pooling.Mean)]\n[Lstm(8)]\npublic partial class M;", "at the end" },
        { "RNN040", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦CheckpointEvery = 3⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, RecomputeEvery = 2)]\n[Lstm(8)]\npublic partial class M;", "change 'CheckpointEvery', or remove it" },
        { "RNN040", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, RecomputeEvery = 2, ⟦CheckpointEvery = 2⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, RecomputeEvery = 2)]\n[Lstm(8)]\npublic partial class M;", "'CheckpointEvery' is its old name" },
        { "RNN024", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, ⟦StartToken = 0⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy)]\n[Lstm(8)]\npublic partial class M;", "has StartToken" },
        { "RNN024", Model.Replace(")]", ", ⟦EndToken = 1⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "has EndToken" },

        { "RNN012", Model.Replace("OutputSize = 1)", "Loss = Loss.Quantile, ⟦OutputSize = 30_000⟧)", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace("OutputSize = 1)", "Loss = Loss.Quantile, OutputSize = 20)", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "from 1 to 21845" },
        { "RNN016", Model.Replace(")]", ", Loss = Loss.Gaussian, ⟦OutputActivation = Activation.Tanh⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Loss = Loss.Gaussian)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Loss.Gaussian applies its own link" },
        { "RNN041", Model.Replace(")]", ", ⟦Quantiles = new[] { 0.5 }⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "it is for Loss.Quantile" },
        { "RNN041", Distance + Model.Replace(")]", ", ⟦LossNumbers = \"q = 1\"⟧)]", StringComparison.Ordinal) + "\n[Loss<L>, Lstm(8)]\npublic partial class M;", Distance + Model + "\n[Loss<L>, Lstm(8)]\npublic partial class M;", "[Loss<…>] has 'Numbers'" },
        { "RNN042", Model.Replace(")]", ", Loss = Loss.Quantile, ⟦Quantiles = new[] { 0.5, 0.1 }⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5 })]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Quantiles is 0.5, 0.1; give 1 to 99 numbers above 0 and below 1, in ascending order" },
        { "RNN042", Model.Replace(")]", ", Loss = Loss.Quantile, ⟦Quantiles = new double[] { }⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5 })]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Quantiles is empty" },
        { "RNN051", Model.Replace(")]", ", Loss = Loss.Focal, ⟦LossNumbers = \"delta = 1\"⟧)]", StringComparison.Ordinal).Replace("OutputSize = 1", "OutputSize = 3", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Loss = Loss.Focal, LossNumbers = \"gamma = 1\")]", StringComparison.Ordinal).Replace("OutputSize = 1", "OutputSize = 3", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "The loss 'Focal': the declaration sets 'delta'" },

        { "RNN041", "[RnnModel(Architecture.EncoderDecoder, InputSize = 4, SequenceLength = 5, OutputLength = 3, OutputSize = 1)]\n[Gru(8)]\n[Decoder(⟦InputFeeding = true⟧)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.EncoderDecoder, InputSize = 4, SequenceLength = 5, OutputLength = 3, OutputSize = 1)]\n[Gru(8)]\n[Decoder(Attention = Attention.Additive, InputFeeding = true)]\n[Gru(8)]\npublic partial class M;", "the decoder has no Attention" },
        { "RNN090", Tokens + "[Feature(⟦\"a b\"⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a_b\"), Lstm(8)]\npublic partial class M;", "which is no name" },
        { "RNN090", Tokens + "[Feature(⟦null!⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\"), Lstm(8)]\npublic partial class M;", "'null', which is no name" },
        { "RNN090", Tokens + "[Feature(⟦\"inputs\"⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"input\"), Lstm(8)]\npublic partial class M;", "have none of their own" },
        { "RNN090", Tokens + "[Feature(\"a\"), Static(⟦\"a\"⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\"), Static(\"b\"), Lstm(8)]\npublic partial class M;", "another one has" },
        { "RNN090", Tokens + "[Feature(\"a\", ⟦Categories = 7⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\", Categories = 7, EmbeddingSize = 3), Lstm(8)]\npublic partial class M;", "add EmbeddingSize" },
        { "RNN090", Tokens + "[Feature(\"a\", Categories = 7, EmbeddingSize = 3, ⟦Size = 2⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\", Categories = 7, EmbeddingSize = 3), Lstm(8)]\npublic partial class M;", "remove Size" },
        { "RNN090", "[RnnModel(default, ⟦InputSize = 1⟧, SequenceLength = 4, OutputSize = 1)]\n[Feature(\"a\", Size = 2), Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Feature(\"a\", Size = 2), Lstm(8)]\npublic partial class M;", "have 2 elements a step" },
        { "RNN090", Tokens + "[Feature(⟦\"a\"⟧), Embedding(9, 4), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\", Categories = 9, EmbeddingSize = 4), Lstm(8)]\npublic partial class M;", "whose inputs are tokens only" },
        { "RNN090", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 3, OutputSize = 1)]\n[Static(⟦\"a\"⟧), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 3, OutputSize = 1)]\n[Feature(\"a\"), Lstm(8)]\npublic partial class M;", "are given once" },
        { "RNN090", Tokens + "[Feature(\"b\"), Known(⟦\"a\"⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"b\"), Feature(\"a\"), Lstm(8)]\npublic partial class M;", "decodes nothing" },
        { "RNN012", Tokens + "[Static(\"a\", ⟦Categories = 16777217⟧, EmbeddingSize = 1), Feature(\"b\"), Lstm(8)]\npublic partial class M;", Tokens + "[Static(\"a\", Categories = 16777216, EmbeddingSize = 1), Feature(\"b\"), Lstm(8)]\npublic partial class M;", "16777216" },
        { "RNN041", Tokens + "[Feature(\"a\", ⟦Frozen = true⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Feature(\"a\"), Lstm(8)]\npublic partial class M;", "it is for categories" },
        { "RNN080", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1, ⟦OutputSkip = true⟧)]\n[Feature(\"a\", Categories = 3, EmbeddingSize = 2), Lstm(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToMany, SequenceLength = 4, OutputSize = 1, OutputSkip = true)]\n[Feature(\"a\", Size = 3), Lstm(8)]\npublic partial class M;", "category 'a'" },
        { "RNN071", Distance + Model.Replace(")]", ", ⟦Loss = Loss.Huber⟧)]", StringComparison.Ordinal) + "\n[Loss<L>, Lstm(8)]\npublic partial class M;", Distance + Model + "\n[Loss<L>, Lstm(8)]\npublic partial class M;", "'Loss' and an attribute [Loss<…>]" },

        { "RNN041", Model.Replace(")]", ", ⟦LabelLength = 2⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "'LabelLength' has no effect in the model 'M': it is for Loss.Ctc, whose labels it limits; remove it" },
        { "RNN041", Model.Replace(")]", ", ⟦InfeasibleLabels = InfeasibleLabels.Zero⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Head + "public partial class M;", "'InfeasibleLabels' has no effect in the model 'M': it is for Loss.Ctc, whose labels may need more steps than a sequence has; remove it" },
        { "RNN041", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, ⟦StartToken = 2⟧)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9)]\n[Gru(8)]\npublic partial class M;", "it is for tokens" },
        { "RNN041", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9, ⟦EndToken = -7⟧)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.OneToMany, InputSize = 4, OutputLength = 3, OutputSize = 9)]\n[Gru(8)]\npublic partial class M;", "it is for tokens" },
        { "RNN041", "[RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, TiedEmbedding = true, ⟦OutputInitializer = Initializer.Glorot⟧)]\n[Embedding(9, 8)]\n[Gru(8)]\npublic partial class M;", "[RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 9, Loss = Loss.CrossEntropy, TiedEmbedding = true, OutputInitializer = Initializer.Uniform)]\n[Embedding(9, 8)]\n[Gru(8)]\npublic partial class M;", "are the embedding" },
        { "RNN041", Head + "[LayerNorm(⟦Initializer = Initializer.Uniform⟧)]\npublic partial class M;", Head + "[LayerNorm(Initializer = Initializer.Default)]\npublic partial class M;", "gain 1 and shift 0" },
        { "RNN041", Model + "\n[MinGru(8, ⟦RecurrentDropout = 0.5⟧)]\npublic partial class M;", Model + "\n[MinGru(8, RecurrentDropout = 0)]\npublic partial class M;", "no matrix of 'MinGru' is multiplied by a previous state" },
        { "RNN041", "[Cell(\"h' = tanh(W x + U h)\")]\npublic sealed class C : ICell;\n" + Model + "\n[Recurrent<C>(8, ⟦Activation = Activation.Relu⟧)]\npublic partial class M;", "[Cell(\"h' = f(W x + U h)\")]\npublic sealed class C : ICell;\n" + Model + "\n[Recurrent<C>(8, Activation = Activation.Relu)]\npublic partial class M;", "the equations of 'C' do not call f" },
        { "RNN041", "[Cell(\"h' = tanh(W x + U h)\")]\npublic sealed class C : ICell;\n" + Model + "\n[Recurrent<C>(8, ⟦Activation = (Activation)9⟧)]\npublic partial class M;", "[Cell(\"h' = tanh(W x + U h)\")]\npublic sealed class C : ICell;\n" + Model + "\n[Recurrent<C>(8)]\npublic partial class M;", "the equations of 'C' do not call f" },

        { "RNN043", Model.Replace(")]", ", Precision = Precision.Double, ⟦PredictionWeights = WeightFormat.Int8⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", PredictionWeights = WeightFormat.Int8)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "remove 'PredictionWeights', or use Precision.Single" },
        { "RNN042", Model + "\n[Lstm(8)]\n[LayerNorm(⟦Epsilon = 0⟧)]\npublic partial class M;", Model + "\n[Lstm(8)]\n[LayerNorm(Epsilon = 1e-12)]\npublic partial class M;", "Epsilon is 0; give a number from 1E-12 to 1" },
        { "RNN042", Model + "\n[Lstm(8)]\n[LayerNorm(⟦Epsilon = double.NaN⟧)]\npublic partial class M;", Model + "\n[Lstm(8)]\n[LayerNorm(Epsilon = 1)]\npublic partial class M;", "Epsilon is NaN" },
        { "RNN042", Model.Replace(")]", ", ⟦Deadline = -1⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Deadline = 0)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Deadline is -1; give a number of microseconds above 0, or 0 for none" },
        { "RNN042", Model.Replace(")]", ", ⟦GradientSums = 12⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", GradientSums = 16)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "GradientSums is 12; give a power of two from 1 to 1024" },
        { "RNN042", Model.Replace(")]", ", ⟦GradientSums = 0⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", GradientSums = 1)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "GradientSums is 0" },
        { "RNN042", Model.Replace(")]", ", ⟦GradientSums = 2048⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", GradientSums = 1024)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "GradientSums is 2048" },
        { "RNN042", Model.Replace(")]", ", ⟦GradientSums = int.MinValue⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", GradientSums = 2)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "GradientSums is -2147483648" },
        { "RNN042", Model.Replace(")]", ", ⟦Deadline = double.NaN⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Deadline = 1000)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Deadline is NaN" },
        { "RNN042", Model.Replace(")]", ", ⟦Deadline = double.PositiveInfinity⟧)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", Model.Replace(")]", ", Deadline = 1000)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Deadline is Infinity" },

        { "RNN045", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Weights = \"models/wave.safetensors\"⟧)]\n[Lstm(8)]\npublic partial class M;", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;", "<RnnWeights Include=\"models/wave.safetensors\" />" },
        { "RNN005", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Weights = \"a.safetensors\")]\n[Lstm(8)]\npublic partial class M { public ⟦M⟧() : this(1) { } }", Head + "public partial class M { public M() : this(1) { } }", "the generated one that loads its weights" },
        { "RNN012", Tokens + "[Embedding(⟦0⟧, 3), Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(1, 3), Lstm(8)]\npublic partial class M;", "vocabularySize is 0" },
        { "RNN012", Tokens + "[Embedding(10, ⟦-2⟧), Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(10, 2), Lstm(8)]\npublic partial class M;", "size is -2" },
        { "RNN012", Tokens + "[Embedding(⟦size: 0⟧, vocabularySize: 4), Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(size: 1, vocabularySize: 4), Lstm(8)]\npublic partial class M;", "size is 0" },
        { "RNN013", Tokens + "[⟦Embedding(10_000_000, 128)⟧, Lstm(8)]\npublic partial class M;", Tokens + "[Embedding(10_000, 128), Lstm(8)]\npublic partial class M;", "needs 1280004425 parameters" },
        { "RNN007", "[⟦RnnModel(Architecture.ManyToOne, SequenceLength = 4, OutputSize = 1)⟧, Embedding(10, 3)]\npublic partial class M;", Tokens + "[Embedding(10, 3), Lstm(8)]\npublic partial class M;", "only an embedding" },

        { "RNN018", "public sealed class MineAttribute(int size) : LayerAttribute(size);\n" + Model + "[⟦Mine(3)⟧]\npublic partial class M;", Head + "public partial class M;", "'MineAttribute'" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsReportedAtItsPlaceAndGoneWhenFixed(string rule, string marked, string corrected, string message)
    {
        int start = marked.IndexOf('⟦', StringComparison.Ordinal);
        string expected = marked[(start + 1)..marked.IndexOf('⟧', StringComparison.Ordinal)];
        string source = marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);

        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source));
        result.Exception.ShouldBeNull();
        Diagnostic found = Compiler.Analyze(output).ShouldHaveSingleItem();
        found.Id.ShouldBe(rule);
        found.Severity.ShouldBe(DiagnosticSeverity.Error);
        found.Location.SourceTree!.FilePath.ShouldBe("Source0.cs");
        found.Location.SourceTree.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(expected);
        found.Location.SourceSpan.Start.ShouldBe("using RnnGen;\n".Length + start);
        found.GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldContain(message);
        result.GeneratedSources.Select(file => file.HintName).ShouldNotContain("M.g.cs");

        CSharpCompilation fixedSource = Compiler.Create(corrected);
        Compiler.Faults(fixedSource).ShouldBeEmpty();
        Compiler.Generate(fixedSource).Result.GeneratedSources.ShouldNotBeEmpty();
    }

    [Fact]
    public void AnOldLanguageVersionIsReported()
    {
        const string Source = Head + "public partial class M { }";
        var old = new CSharpParseOptions(LanguageVersion.CSharp11);
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(old, Source));
        Diagnostic found = Compiler.Analyze(output).ShouldHaveSingleItem();
        found.Id.ShouldBe("RNN019");
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe("M");
        result.GeneratedSources.ShouldBeEmpty();
        Compiler.Analyze(Compiler.Generate(Compiler.Create(Source)).Output).ShouldBeEmpty();
    }

    [Fact]
    public void SeveralIssuesAreReportedAtOnce()
    {
        ImmutableArray<Diagnostic> found = Compiler.Analyze(Compiler.Create("""
            [RnnModel((Architecture)9, SequenceLength = -1, OutputSize = 1, Loss = Loss.CrossEntropy)]
            [Rnn(0, Activation = Activation.Sigmoid)]
            public class M { public void Fit() { } }
            """));
        found.Select(diagnostic => diagnostic.Id).ShouldBe(
            ["RNN001", "RNN004", "RNN011", "RNN012", "RNN012", "RNN014", "RNN015", "RNN017"], ignoreOrder: true);
    }

    [Fact]
    public void APragmaSilencesARule()
    {
        Compilation compilation = Compiler.Create("#pragma warning disable RNN008\n[Lstm(8)] public partial class M;");
        Compiler.Analyze(compilation).ShouldBeEmpty();
    }

    /// <summary>The first block of a page's example breaks the rule and nothing else; the second is fixed.</summary>
    [Fact]
    public void ThePagesShowWhatTheySay()
    {
        int pages = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "docs/diagnostics"), "RNN*.md"))
        {
            string[] blocks = [.. File.ReadAllText(file).Split("```csharp\n").Skip(1).Select(block => block.Split("```")[0])];
            if (blocks.Length == 2)
            {
                Analyzed(blocks[0]).ShouldBe([Path.GetFileNameWithoutExtension(file)], blocks[0]);
                Analyzed(blocks[1]).ShouldBeEmpty(blocks[1]);
                pages++;
            }
        }

        pages.ShouldBe(new RnnModelAnalyzer().SupportedDiagnostics.Length - 4, "RNN019 is about the project file, RNN046 and RNN047 about a weights file, RNN048 about RnnGen itself");

        static IEnumerable<string> Analyzed(string source) =>
            Compiler.Analyze(Compiler.Create(source)).Select(diagnostic => diagnostic.Id);
    }

    [Fact]
    public void EveryRuleHasACaseAPageAndAReleaseEntry()
    {
        string[] ids = [.. new RnnModelAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)];
        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        ids.ShouldBeUnique();
        ids.Except(Cases.Select(row => (string)row[0])).Except(CellDiagnosticTests.Cases.Select(row => (string)row[0])).Except(AdviceTests.Cases.Select(row => (string)row[0]))
            .ShouldBe(["RNN019", "RNN046", "RNN047", "RNN048", "RNN059", "RNN065", "RNN070"], "these have tests of their own");
        string root = Repository.Root;
        string releases = string.Concat(Directory.GetFiles(Path.Combine(root, "src/RnnGen.Generator"), "AnalyzerReleases.*.md").Select(File.ReadAllText));
        foreach (DiagnosticDescriptor rule in new RnnModelAnalyzer().SupportedDiagnostics)
        {
            rule.HelpLinkUri.ShouldEndWith($"docs/diagnostics/{rule.Id}.md");
            string page = File.ReadAllText(Path.Combine(root, "docs/diagnostics", rule.Id + ".md"));
            page.ShouldStartWith($"# {rule.Id}: {rule.Title}\n");
            releases.ShouldContain($"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}");
            File.ReadAllText(Path.Combine(root, "docs/diagnostics/README.md")).ShouldContain($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} |");
        }
    }

    /// <summary>The table of all rules has each page's title, cause and fix; <c>RNNGEN_ACCEPT_SNAPSHOTS=1</c> renews it.</summary>
    [Fact]
    public void TheTableSaysWhatThePagesSay()
    {
        string table = Path.Combine(Repository.Root, "docs/diagnostics/README.md");
        string[] lines = [.. File.ReadAllLines(table).Select(Renewed)];
        if (Environment.GetEnvironmentVariable("RNNGEN_ACCEPT_SNAPSHOTS") == "1")
        {
            File.WriteAllLines(table, lines);
        }

        File.ReadAllLines(table).ShouldBe(lines);
        lines.Count(line => line.StartsWith("| [RNN", StringComparison.Ordinal)).ShouldBe(new RnnModelAnalyzer().SupportedDiagnostics.Length);

        string Renewed(string line)
        {
            if (!line.StartsWith("| [RNN", StringComparison.Ordinal))
            {
                return line;
            }

            string rule = line[3..9];
            string page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(table)!, rule + ".md")).ReplaceLineEndings("\n");
            return $"| [{rule}]({rule}.md) | {page.Split('\n')[0].Split(": ", 2)[1]} | {Paragraph("What")} | {Paragraph("How to fix it")} |";

            string Paragraph(string name) => page.Split($"\n**{name}.** ")[1].Split("\n\n")[0].Trim().Replace('\n', ' ');
        }
    }
}
