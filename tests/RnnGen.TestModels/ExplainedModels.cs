namespace RnnGen.TestModels;

// Models whose outputs are differentiated with respect to the input.

/// <summary>Stands in tests/golden/make_input_gradients.py too.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 5, Precision = Precision.Double, InputGradients = true)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
public sealed partial class ExplainedEach;

/// <inheritdoc cref="ExplainedEach"/>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, BatchSize = 5, InputGradients = true)]
[Lstm(9)]
[Gru(17, Bidirectional = true)]
public sealed partial class ExplainedEachFloat;

/// <summary>Stands in tests/golden/make_input_gradients.py too. The table is frozen, and so is the layer that reads it.</summary>
[RnnModel(Architecture.ManyToOne, SequenceLength = 7, OutputSize = 3, Loss = Loss.CrossEntropy, BatchSize = 4, Precision = Precision.Double, InputGradients = true)]
[Embedding(11, 5, Frozen = true)]
[Gru(9, Frozen = true)]
public sealed partial class ExplainedTokens;

/// <summary>The first layer in both directions, dropout before every layer, and what is between layers.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, OutputDropout = 0.3, OutputActivation = Activation.Tanh, BatchSize = 5, Precision = Precision.Double, InputGradients = true)]
[Lstm(9, Bidirectional = true, Dropout = 0.4, RecurrentDropout = 0.3)]
[LayerNorm]
[Gru(18, Residual = true, Dropout = 0.2)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class ExplainedEnd;

/// <summary><see cref="ExplainedEnd"/>, which trains to the same bits without the option.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 7, OutputSize = 2, OutputDropout = 0.3, OutputActivation = Activation.Tanh, BatchSize = 5, Precision = Precision.Double)]
[Lstm(9, Bidirectional = true, Dropout = 0.4, RecurrentDropout = 0.3)]
[LayerNorm]
[Gru(18, Residual = true, Dropout = 0.2)]
[Dense(5, Activation = Activation.Tanh)]
public sealed partial class ExplainedEndTwin;

/// <summary>Layers that take many steps at once.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 9, OutputSize = 2, Pooling = Pooling.Mean, BatchSize = 3, Precision = Precision.Double, InputGradients = true)]
[QuasiRnn(9)]
[QuasiRnn(8)]
public sealed partial class ExplainedScans;

/// <summary>Training keeps some states only, and the outputs have some of the inputs.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 12, OutputSize = 2, BatchSize = 5, RecomputeEvery = 4, InitialState = InitialState.Learned, OutputSkip = true, Precision = Precision.Double, InputGradients = true)]
[Lstm(9)]
[Gru(8)]
public sealed partial class ExplainedRecomputed;

/// <summary>Training keeps some states only, and the output is that of the last step.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 2, BatchSize = 5, RecomputeEvery = 4, Precision = Precision.Double, InputGradients = true)]
[Lstm(9)]
[Dense(4, Activation = Activation.Tanh)]
public sealed partial class ExplainedRecomputedEnd;

/// <summary>The prediction is the middle quantile, a function of some of the output layer's values for the target. A convolution is in front.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 2, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.4, 0.6, 0.9 }, BatchSize = 5, Precision = Precision.Double, InputGradients = true)]
[Conv1D(7, 3, Activation = Activation.Tanh)]
[Lstm(9)]
public sealed partial class ExplainedQuantiles;

/// <summary>The prediction is behind a link.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 12, OutputSize = 3, Loss = Loss.NegativeBinomial, BatchSize = 5, RecomputeEvery = 4, Precision = Precision.Double, InputGradients = true)]
[Gru(9)]
public sealed partial class ExplainedCounts;

/// <summary>One value for each target, behind a link.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 5, OutputSize = 2, Loss = Loss.Poisson, BatchSize = 5, Precision = Precision.Double, InputGradients = true)]
[Rnn(9)]
public sealed partial class ExplainedRates;

/// <summary>A prediction that multiplies two values.</summary>
[Loss("""
    values a, b
    p = a * tanh(b)
    loss = (target - p) * (target - p) + b * b
    prediction = p
    """)]
public sealed class ProductOfTwo : ILoss;

/// <summary>A loss of one's own.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 5, OutputSize = 2, BatchSize = 5, Precision = Precision.Double, InputGradients = true)]
[Loss<ProductOfTwo>]
[Gru(9, Bidirectional = true)]
public sealed partial class ExplainedProducts;
