namespace RnnGen;

/// <summary>
/// Base of the attributes that declare the inputs of a model whose input is not the same numbers at every step: an input, or a group of numbers under one name. All inputs of a sequence are one flat
/// row of numbers; <c>Layout.Inputs</c> has their places, and the model's <c>Pack</c> fills a row.
/// </summary>
/// <param name="name">Its name: letters, digits and underscores, beginning with a letter. Each input has another.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class InputAttribute(string name) : Attribute
{
    /// <summary>Its name: in <c>Layout.Inputs</c>, in messages, and of its embedding, <c>embedding.{name}.weight</c>, or <c>decoder.embedding.{name}.weight</c> of what the decoder reads.</summary>
    public string Name { get; } = name;

    /// <summary>Numbers under this name, at least 1. A category is one element. Default: 1.</summary>
    public int Size { get; set; } = 1;

    /// <summary>
    /// The number of categories, at least 1 and at most 2^24: the input's element then is the index of a category as a number, from 0, and the layer reads that category's learned row of
    /// <see cref="EmbeddingSize"/> values. Default: none, the input is numbers.
    /// </summary>
    public int Categories { get; set; }

    /// <summary>Values of a category's row, at least 1. Required where there are <see cref="Categories"/>, and only there.</summary>
    public int EmbeddingSize { get; set; }

    /// <summary>How the rows of categories are drawn. Default: <see cref="Initializer.Default"/>, the standard normal distribution.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>Whether training leaves the rows of categories as they were drawn or loaded. Default: false.</summary>
    public bool Frozen { get; set; }
}

/// <summary>
/// A column: an input of each step. <c>InputSize</c> counts the elements of a step; where it is greater than the columns together, the step begins with that many numbers more, without a name.
/// </summary>
/// <param name="name">Its name: letters, digits and underscores, beginning with a letter.</param>
/// <remarks>The first layer reads the values of all columns side by side, in the order of their declarations, and those of the statics behind them; a category is its row of <c>embedding.{name}.weight</c> [categories, embedding size], as PyTorch's <c>torch.nn.Embedding</c>.</remarks>
/// <example>
/// <code>
/// [RnnModel(Architecture.ManyToOne, SequenceLength = 28, OutputSize = 1, Loss = Loss.MeanSquaredError)]
/// [Feature("sales"), Feature("weekday", Categories = 7, EmbeddingSize = 3)]
/// [Static("store", Categories = 414, EmbeddingSize = 8), Static("area")]
/// [Lstm(64)]
/// public sealed partial class StoreForecaster;
/// </code>
/// </example>
public sealed class FeatureAttribute(string name) : InputAttribute(name);

/// <summary>An input that is given once a sequence, and read at each of its steps.</summary>
/// <param name="name">Its name: letters, digits and underscores, beginning with a letter.</param>
/// <inheritdoc cref="FeatureAttribute" path="/remarks"/>
/// <inheritdoc cref="FeatureAttribute" path="/example"/>
public sealed class StaticAttribute(string name) : InputAttribute(name);

/// <summary>
/// An input that is known in advance for each decoded step, such as a holiday or a price: the decoder reads it beside its output of the step before. For
/// <see cref="Architecture.EncoderDecoder"/> and <see cref="Architecture.OneToMany"/>; in a many-to-many model what is known is a column like the others.
/// </summary>
/// <param name="name">Its name: letters, digits and underscores, beginning with a letter.</param>
/// <remarks>The decoder's first layer reads what is fed back, and behind it the known inputs in the order of their declarations; a category is its row of <c>decoder.embedding.{name}.weight</c> [categories, embedding size].</remarks>
/// <example>
/// <code>
/// [RnnModel(Architecture.EncoderDecoder, SequenceLength = 28, OutputLength = 7, OutputSize = 1, Loss = Loss.MeanSquaredError)]
/// [Feature("sales")]
/// [Known("price"), Known("weekday", Categories = 7, EmbeddingSize = 3)]
/// [Gru(64)]
/// [Decoder]
/// [Gru(64)]
/// public sealed partial class WeekForecaster;
/// </code>
/// </example>
public sealed class KnownAttribute(string name) : InputAttribute(name);
