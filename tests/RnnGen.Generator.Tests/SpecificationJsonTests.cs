using System.Globalization;
using System.Reflection;
using System.Text.Json;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Emitting;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>What is saved with a model says all of its declaration, in one form.</summary>
public sealed class SpecificationJsonTests
{
    private const string Source = """"
        /// <summary>A cell of one's own.</summary>
        [Cell("""
            h' = tanh(W x + U h + b)
            """)]
        public sealed class Own : ICell;

        /// <summary>A model.</summary>
        [RnnModel(Architecture.EncoderDecoder, SequenceLength = 3, OutputLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy, StartToken = 2, EndToken = 3)]
        [Embedding(7, 4), Recurrent<Own>(6, Dropout = 0.25), Decoder, Embedding(5, 3), Gru(6)]
        public sealed partial class M;
        """";

    private static readonly ModelSpecification Model = Compiler.Parse(Source).Specification!;

    /// <summary>Names and places are not part of it, nor the file that the weights come from.</summary>
    private static readonly string[] Elsewhere = ["Namespace", "ContainingTypes", "Declaration", "Weights"];

    public static TheoryData<string> Properties() => [.. Of(typeof(ModelSpecification)).Except(Elsewhere)];

    public static TheoryData<string> OfLayers() => [.. Of(typeof(LayerSpecification))];

    public static TheoryData<string> OfConvolutions() => [.. Of(typeof(ConvolutionSpecification))];

    public static TheoryData<string> OfDecoders() => [.. Of(typeof(DecoderSpecification))];

    public static TheoryData<string> OfInputs() => [.. Of(typeof(DeclaredInput))];

    public static TheoryData<string> OfEmbeddings() => [.. Of(typeof(EmbeddingSpecification))];

    [Theory]
    [MemberData(nameof(Properties))]
    public void EveryPropertyIsWritten(string property) => Differs(Changed(Model, property));

    [Theory]
    [MemberData(nameof(OfLayers))]
    public void EveryPropertyOfALayerIsWritten(string property) => Differs(Model with { Layers = new([Changed(Model.Layers[0], property)]) });

    [Theory]
    [MemberData(nameof(OfConvolutions))]
    public void EveryPropertyOfAConvolutionIsWritten(string property)
    {
        ConvolutionSpecification windows = new(3, 1, Causal: true);
        SpecificationJson.Of(With(Changed(windows, property))).ShouldNotBe(SpecificationJson.Of(With(windows)));

        static ModelSpecification With(ConvolutionSpecification windows) => Model with { Layers = new([Model.Layers[0] with { Convolution = windows }]) };
    }

    [Theory]
    [MemberData(nameof(OfDecoders))]
    public void EveryPropertyOfADecoderIsWritten(string property) => Differs(Model with { Decoder = Changed(Model.Decoder!, property) });

    [Theory]
    [MemberData(nameof(OfInputs))]
    public void EveryPropertyOfAnInputIsWritten(string property)
    {
        ModelSpecification model = Model with { Columns = new([new DeclaredInput("store", Generator.Model.InputKind.Step, 1, new EmbeddingSpecification(7, 3, Generator.Model.Initializer.Default))]) };
        SpecificationJson.Of(model with { Columns = new([Changed(model.Columns![0], property)]) }).ShouldNotBe(SpecificationJson.Of(model));
    }

    [Theory]
    [MemberData(nameof(OfEmbeddings))]
    public void EveryPropertyOfAnEmbeddingIsWritten(string property) => Differs(Model with { Embedding = Changed(Model.Embedding!, property) });

    [Fact]
    public void EquationsOfOwnCellsAreThere()
    {
        using var document = JsonDocument.Parse(SpecificationJson.Of(Model));
        JsonElement cell = document.RootElement.GetProperty("cells").EnumerateArray().Single();
        cell.GetProperty("name").GetString().ShouldBe("Own");
        cell.GetProperty("equations").GetString().ShouldBe(Model.Layers[0].Cell.Text);
        document.RootElement.GetProperty("layers")[0].GetProperty("cell").GetString().ShouldBe("Own");
        document.RootElement.GetProperty("decoder").GetProperty("startToken").GetInt32().ShouldBe(2);
    }

    /// <summary>The text stands in a raw string of the generated code, on one line.</summary>
    [Fact]
    public void AnyTextStandsOnOneLine()
    {
        string hostile = "\"\"\" \\ \n \r \u2028 \u0085 \ud83d\ude00 \ud800 { } //";
        LayerSpecification layer = Model.Layers[0];
        string json = SpecificationJson.Of(Model with { Layers = new([layer with { Cell = layer.Cell with { Name = "lstm", Text = hostile } }]) });
        json.ShouldNotContain("\"\"\"");
        json.ShouldAllBe(letter => letter >= ' ' && letter != '\u2028' && letter != '\u0085');
        JsonDocument.Parse(json.Replace("\\ud800 ", " ", StringComparison.Ordinal)).RootElement.GetProperty("cells")[0].GetProperty("equations").GetString()
            .ShouldBe(hostile.Replace("\ud800 ", " ", StringComparison.Ordinal));
    }

    [Fact]
    public void TheCultureDoesNotMatter()
    {
        string expected = SpecificationJson.Of(Model);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            SpecificationJson.Of(Model).ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static void Differs(ModelSpecification changed)
    {
        string json = SpecificationJson.Of(changed);
        JsonDocument.Parse(json).Dispose();
        json.ShouldNotBe(SpecificationJson.Of(Model));
    }

    private static IEnumerable<string> Of(Type record) => Constructor(record).GetParameters().Select(parameter => parameter.Name!);

    private static ConstructorInfo Constructor(Type record) => record.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;

    private static T Changed<T>(T record, string property)
    {
        ConstructorInfo constructor = Constructor(typeof(T));
        return (T)constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
        {
            object? value = typeof(T).GetProperty(parameter.Name!)!.GetValue(record);
            return parameter.Name == property ? Other(parameter.ParameterType, value) : value;
        })]);
    }

    private static object Other(Type type, object? value) => value switch
    {
        int number => number + 1,
        double number => number + 0.25,
        bool flag => !flag,
        Enum => Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value)),
        LossSource loss => loss with { Text = loss.Text + "targets classes; link p = softmax(y); loss = -pick(logsoftmax(y), target)" },
        CellSource cell => cell with { Text = cell.Text + "\n" },
        string text => text + "s",
        null when type == typeof(EquatableArray<DeclaredInput>) => new EquatableArray<DeclaredInput>([new("value", Generator.Model.InputKind.Step, 1, null)]),
        EquatableArray<LayerSpecification> layers => new EquatableArray<LayerSpecification>([.. layers, layers[0]]),
        EmbeddingSpecification embedding => embedding with { Size = embedding.Size + 1 },
        DecoderSpecification decoder => decoder with { Length = decoder.Length + 1 },
        null when type == typeof(ConvolutionSpecification) => new ConvolutionSpecification(3, 1, Causal: true),
        _ => throw new InvalidOperationException($"There is no other value of {type}."),
    };
}
