using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>Each value of each enum that declarations choose from does something of its own, and one that nothing implements is an exception.</summary>
public sealed class ChoiceTests
{
    private const string Decoded = "Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 2";
    private const string Aligned = "Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2";
    private const string Tokens = "Architecture.ManyToMany, SequenceLength = 4, OutputSize = 2";
    private const string Last = "Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 2";

    // A model per enum, and where it is chosen; V stands for the value.
    private static readonly Dictionary<Type, string[]> s_models = new()
    {
        [typeof(RnnGen.Architecture)] = ["[RnnModel(V, InputSize = 3, SequenceLength = 1, OutputSize = 2)] [Dense(4)] [Gru(5)]", "[RnnModel(V, InputSize = 3, SequenceLength = 1, OutputSize = 2, OutputLength = 3)] [Dense(4)] [Decoder] [Gru(5)]", "[RnnModel(V, InputSize = 3, SequenceLength = 1, OutputSize = 2, OutputLength = 3)] [Gru(4)] [Decoder] [Gru(5)]"],
        [typeof(RnnGen.Pooling)] = [$"[RnnModel({Last}, Pooling = V)] [Gru(5)]"],
        [typeof(RnnGen.Attention)] = [$"[RnnModel({Decoded})] [Gru(5)] [Decoder(Attention = V)] [Gru(5)]"],
        [typeof(RnnGen.Loss)] = [$"[RnnModel({Aligned}, Loss = V)] [Gru(5)]"],
        [typeof(RnnGen.Activation)] = [$"[RnnModel({Last})] [Gru(5)] [Dense(4, Activation = V)]", $"[RnnModel({Last}, OutputActivation = V)] [Gru(5)]"],
        [typeof(RnnGen.InitialState)] = [$"[RnnModel({Last}, InitialState = V)] [Gru(5)]"],
        [typeof(RnnGen.InfeasibleLabels)] = [$"[RnnModel({Aligned}, Loss = Loss.Ctc, InfeasibleLabels = V)] [Gru(5)]"],
        [typeof(RnnGen.Initializer)] = [$"[RnnModel({Last})] [Gru(5, Initializer = V)]", $"[RnnModel({Last}, OutputInitializer = V)] [Gru(5)]", $"[RnnModel({Tokens})] [Embedding(7, 4, Initializer = V)] [Gru(5)]"],
        [typeof(RnnGen.Precision)] = [$"[RnnModel({Last}, Precision = V)] [Gru(5)]"],
        [typeof(RnnGen.WeightFormat)] = [$"[RnnModel({Last}, PredictionWeights = V)] [Gru(5)]"],
        [typeof(RnnGen.Accuracy)] = [$"[RnnModel({Last}, Accuracy = V)] [Gru(5)]"],
    };

    /// <summary>All enums that properties and parameters of the attributes have.</summary>
    private static Type[] Enums { get; } =
    [
        .. typeof(RnnGen.RnnModelAttribute).Assembly.GetExportedTypes().Where(t => typeof(Attribute).IsAssignableFrom(t))
            .SelectMany(t => t.GetProperties().Select(p => p.PropertyType).Concat(t.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.ParameterType)))
            .Where(t => t.IsEnum && t.Assembly == typeof(RnnGen.RnnModelAttribute).Assembly).Distinct(),
    ];

    [Fact]
    public void EveryEnumIsHere() => s_models.Keys.ShouldBe(Enums, ignoreOrder: true);

    /// <summary>What the generator compiles is what users see, in the same order. A loss is a file and no value here: <see cref="Losses.LossParserTests"/>.</summary>
    [Fact]
    public void TheGeneratorKnowsTheSameValues()
    {
        foreach (Type users in Enums.Except([typeof(RnnGen.Loss)]))
        {
            Type own = typeof(ModelSpecification).Assembly.GetType($"RnnGen.Generator.Model.{users.Name}").ShouldNotBeNull(users.Name);
            own.GetEnumNames().Zip(own.GetEnumValues().Cast<int>()).ShouldBe(users.GetEnumNames().Zip(users.GetEnumValues().Cast<int>()), users.Name);
        }
    }

    /// <summary>No value's code is another's: what falls into an arm that was written for another one would be.</summary>
    [Fact]
    public void EachValueHasCodeOfItsOwn()
    {
        foreach ((Type type, string[] models) in s_models)
        {
            int compiled = 0;
            foreach (string model in models)
            {
                Dictionary<string, string> texts = [];
                foreach (string value in type.GetEnumNames())
                {
                    // Some architectures have another form, which another of the models is.
                    CheckedModel result = Compiler.Parse(model.Replace("V", $"{type.Name}.{value}", StringComparison.Ordinal) + " public sealed partial class M;");
                    if (result.Specification is { } specification)
                    {
                        compiled++;
                        string text = Text(specification).Replace($"{type.Name}.{value}", "V", StringComparison.Ordinal).Replace(value, "V", StringComparison.Ordinal);
                        texts.TryGetValue(text, out string? other).ShouldBeFalse($"{value} is compiled as {other} in {model}");
                        texts[text] = value;
                    }
                }
            }

            compiled.ShouldBeGreaterThanOrEqualTo(type.GetEnumNames().Length, type.Name);
        }
    }

    /// <summary>As where a value is added to an enum and nowhere else.</summary>
    [Fact]
    public void AValueThatNothingImplementsIsAnException()
    {
        const int unknown = 99;
        ModelSpecification last = Specification($"[RnnModel({Last})] [Gru(5)] [Dense(4)] public sealed partial class M;");
        ModelSpecification tokens = Specification($"[RnnModel({Tokens})] [Embedding(7, 4)] [Gru(5)] public sealed partial class M;");
        ModelSpecification decoded = Specification($"[RnnModel({Decoded})] [Gru(5)] [Decoder] [Gru(5)] public sealed partial class M;");
        Text(last).ShouldNotBeEmpty();
        (string Enum, ModelSpecification Model)[] models =
        [
            ("Architecture", last with { Architecture = (Model.Architecture)unknown }),
            ("Architecture", decoded with { Architecture = (Model.Architecture)unknown }),
            ("Pooling", last with { Pooling = (Model.Pooling)unknown }),
            ("Attention", decoded with { Decoder = decoded.Decoder! with { Attention = (Model.Attention)unknown } }),
            ("Loss", last with { Loss = "99" }),
            ("Activation", last with { OutputActivation = (Model.Activation)unknown }),
            ("Activation", last with { Layers = last.Layers.Select(l => l with { Activation = l.IsRecurrent ? l.Activation : (Model.Activation)unknown }).ToEquatableArray() }),
            ("InitialState", last with { InitialState = (Model.InitialState)unknown }),
            ("Initializer", last with { OutputInitializer = (Model.Initializer)unknown }),
            ("Initializer", last with { Layers = last.Layers.Select(l => l with { Initializer = (Model.Initializer)unknown }).ToEquatableArray() }),
            ("Initializer", tokens with { Embedding = tokens.Embedding! with { Initializer = (Model.Initializer)unknown } }),
            ("Precision", last with { Precision = (Model.Precision)unknown }),
            ("Accuracy", last with { Accuracy = (Model.Accuracy)unknown }),
            ("InfeasibleLabels", last with { InfeasibleLabels = (Model.InfeasibleLabels)unknown }),
            ("WeightFormat", last with { PredictionWeights = (Model.WeightFormat)unknown }),
        ];
        models.Select(m => m.Enum).Distinct().ShouldBe(Enums.Select(e => e.Name), ignoreOrder: true);
        foreach ((string name, ModelSpecification model) in models)
        {
            Should.Throw<InvalidOperationException>(() => Text(model), name).Message.ShouldBe(name == "Loss" ? "Loss.99 is not implemented: there is no file 99.loss." : $"{name}.99 is not implemented in this place.");
        }
    }

    private static ModelSpecification Specification(string source) => Compiler.Parse(source).Specification.ShouldNotBeNull();

    private static string Text(ModelSpecification model)
    {
        EmittedModel emitted = EmittedModel.Of(model).ShouldNotBeNull();
        return string.Concat(emitted.Files.Select(f => f.Text)) + string.Concat(emitted.Kernels.Where(k => k.Target == VectorTarget.All[2]).Select(k => KernelEmitter.Emit(k).Text));
    }
}
