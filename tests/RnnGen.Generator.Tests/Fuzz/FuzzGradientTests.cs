using RnnGen.Generator.Tests.Harness;
using Xunit.Abstractions;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>
/// A sample of the random declarations that are sound is compiled in both precisions, loaded and run: <see cref="ModelJudge{TModel, TNumber, TInput, TTarget}"/> says what holds of each.
/// </summary>
/// <remarks>
/// <c>RNNGEN_FUZZ_GRADIENTS=200 RNNGEN_FUZZ_LOG=gradients.txt dotnet test -c Release tests/RnnGen.Generator.Tests --filter FullyQualifiedName~FuzzGradientTests --logger "console;verbosity=detailed"</c>
/// checks this number of models; <c>RNNGEN_FUZZ_SEED</c> chooses others, <c>RNNGEN_FUZZ_FIRST</c> the declaration to begin with. A failure names both.
/// </remarks>
public sealed class FuzzGradientTests(ITestOutputHelper output)
{
    private const int PerCompilation = 4;

    [Fact]
    public void DrawnModelsComputeWhatTheyDeclare()
    {
        int count = Settings.Of("RNNGEN_FUZZ_GRADIENTS", 4), seed = Settings.Of("RNNGEN_FUZZ_SEED", 1), number = Settings.Of("RNNGEN_FUZZ_FIRST", 0);
        var judged = new JudgedModels();
        while (judged.Models < count && judged.Failures.Count < 20)
        {
            List<JudgedModel> models = [];
            for (; models.Count < Math.Min(PerCompilation, count - judged.Models); number++)
            {
                string text = new RandomDeclaration(new Random(seed * 1_000_003 + number)).Next(number);
                if (JudgedModels.IsSound(JudgedModels.In(text, Precision.Double)))
                {
                    models.Add(new JudgedModel($"Seed {seed}, declaration {number}", text, seed + number));
                }
            }

            judged.Run(models);
            Settings.Log($"{judged.Counts()} Up to declaration {number} of seed {seed}.\n{string.Join("\n\n", judged.Failures)}\n");
        }

        output.WriteLine(judged.Counts());
        Assert.True(judged.Failures.Count == 0, string.Join("\n\n", judged.Failures));
        judged.Derivatives.ShouldBeGreaterThan(judged.Models);
    }

    /// <summary>What long runs found, made small.</summary>
    public static TheoryData<string> Found => new()
    {
        // A cell that does not read its input wrote no adjoint of it, and the layer below read what was left there.
        """
        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError)]
        [Lstm(5)]
        [Recurrent<Still>(5)]
        public sealed partial class M;

        [Cell("h' = tanh(U h + b)")]
        public sealed class Still : ICell;
        """,
        """
        [RnnModel(Architecture.ManyToOne, SequenceLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError)]
        [Embedding(4, 3)]
        [Recurrent<Still>(5)]
        public sealed partial class M;

        [Cell("h' = tanh(U h + b)")]
        public sealed class Still : ICell;
        """,

        // What is the same for all units of a row was read from a state's rows as if it stood among the row's numbers: another number.
        """
        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 4, OutputSize = 5, Loss = Loss.MeanSquaredError)]
        [Recurrent<Shared>(16)]
        public sealed partial class M;

        [Cell("state h, c; h' = cos(mean(c)); c' = 0.5 * c + tanh(W x * (h' * h'))")]
        public sealed class Shared : ICell;
        """,

        // A sine chose its method by all lanes of a vector, of which some were of another row.
        """
        [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 4, BatchSize = 2, Loss = Loss.MeanSquaredError)]
        [Recurrent<Wave>(8)]
        public sealed partial class M;

        [Cell("state c, h, m; r = W x; g = sigmoid(W x); c' = tanh(W x + U m); h' = sin(softplus(m) / (2 + select(c >= -0.3, c, U g) / (2 + sin(m - r) * sin(m - r)))); m' = cos(U h + c)")]
        public sealed class Wave : ICell;
        """,

        // Layers of the encoder that nothing reads gave the layers below them what stood in memory.
        """
        [RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 2, OutputSize = 3, Loss = Loss.Huber, InitialState = InitialState.Learned)]
        [Lstm(5)]
        [Gru(6, Bidirectional = true)]
        [Decoder]
        [Lstm(5)]
        public sealed partial class M;
        """,
        """
        [RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 2, OutputSize = 3, Loss = Loss.Huber)]
        [Lstm(5)]
        [Dense(9)]
        [Decoder]
        [Lstm(5)]
        public sealed partial class M;
        """,

        // No numbers, said by null, made no model and no diagnostic.
        """
        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError)]
        [Recurrent<Plain>(5, Numbers = null!)]
        public sealed partial class M;

        [Cell("h' = tanh(W x + U h + b)")]
        public sealed class Plain : ICell;
        """,

        // A normalisation took Residual and added nothing.
        """
        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError)]
        [Lstm(5)]
        [LayerNorm(Residual = true, Dropout = 0.1)]
        public sealed partial class M;
        """,

        // What is added to a variance was the same number in all models.
        """
        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.MeanSquaredError)]
        [Lstm(9)]
        [LayerNorm(Epsilon = 0.5)]
        [Gru(5)]
        public sealed partial class M;
        """,
    };

    [Theory]
    [MemberData(nameof(Found))]
    public void WhatWasFoundStaysFixed(string declaration)
    {
        var judged = new JudgedModels();
        judged.Run([new JudgedModel("Found", $"namespace Fuzz0;\n{declaration}\n", 1)]);
        Assert.True(judged.Failures.Count == 0, string.Join("\n\n", judged.Failures));
        judged.Derivatives.ShouldBeGreaterThan(0);
    }

    /// <summary>What an argument leaves of the equations has no kernels: that is an issue at the argument, and no exception that takes other models along.</summary>
    [Theory]
    [InlineData("[Recurrent<Nothing>(4, Activation = Activation.Identity)]", "Activation")]
    [InlineData("[LeakyRnn(4, Leak = 0)]", "Leak")]
    [InlineData("[LeakyRnn(4, Leak = 2)]", "Leak")]
    [InlineData("[ResidualRnn(4, Scale = 0)]", "Scale")]
    public void WhatIsNothingWithAnArgumentIsRejectedThere(string layer, string argument)
    {
        string source = $"""
            [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 2)]
            {layer}
            public sealed partial class M;

            [Cell("a = W x + U h; h' = f(a) - a")]
            public sealed class Nothing : ICell;

            """;
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation compilation = Compiler.Create(source);
        Compiler.Generate(compilation).Result.Exception.ShouldBeNull();
        Microsoft.CodeAnalysis.Diagnostic fault = Compiler.Faults(compilation).ShouldHaveSingleItem();
        fault.Id.ShouldStartWith("RNN05");
        fault.Location.SourceTree!.ToString().Substring(fault.Location.SourceSpan.Start, fault.Location.SourceSpan.Length).ShouldContain(argument);
    }
}
