namespace RnnGen.Forecasting.Tests;

// The models that tests train: small, so that a training takes tenths of a second.

[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 24, OutputSize = 6, Loss = Loss.MeanAbsoluteError, MaskedTargets = true)]
[Gru(12)]
internal sealed partial class DirectModel;

/// <summary>Target, a lag, the last value of the season, two of the calendar, three statics.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 8, SequenceLength = 24, OutputSize = 6, Loss = Loss.MeanAbsoluteError, MaskedTargets = true)]
[Gru(4)]
internal sealed partial class WideModel;

/// <summary>Each step reads a day of 12 steps.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 12, SequenceLength = 2, OutputSize = 6, Loss = Loss.MeanAbsoluteError)]
[Gru(8)]
internal sealed partial class DayModel;

/// <summary>Reads context and horizon: value, whether it is forecast, position, two values of the place in the season, a static of the set and one of the past.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 7, SequenceLength = 18, OutputSize = 1, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 }, MaskedTargets = true)]
[Gru(12, Bidirectional = true)]
internal sealed partial class HorizonModel;

[RnnModel(Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 24, OutputLength = 6, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Gru(12)]
[Decoder]
[Gru(12)]
internal sealed partial class DecodedModel;

/// <summary>Reads the promotions of each decoded step beside what it decodes, and the size of the shop once.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 14, OutputLength = 7, OutputSize = 1, Loss = Loss.MeanAbsoluteError)]
[Feature("sales"), Feature("promotion"), Static("size"), Known("planned")]
[Gru(16)]
[Decoder]
[Gru(16)]
internal sealed partial class PlannedModel;

/// <summary>The same without the plan.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 14, OutputLength = 7, OutputSize = 1, Loss = Loss.MeanAbsoluteError)]
[Feature("sales"), Feature("promotion"), Static("size")]
[Gru(16)]
[Decoder]
[Gru(16)]
internal sealed partial class UnplannedModel;

/// <summary>Predicts a distribution of all steps at once.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 24, OutputSize = 6, Loss = Loss.Gaussian)]
[Gru(12)]
internal sealed partial class GaussianModel;

/// <summary>Predicts a distribution step by step: the value before, the one a season before, the phase.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 30, OutputSize = 1, Loss = Loss.StudentT, MaskedTargets = true)]
[Gru(16)]
internal sealed partial class PathModel;

/// <summary>The model of the page on forecasting: a week of temperatures from four weeks.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 28, OutputSize = 7, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 }, MaskedTargets = true)]
[Gru(24)]
internal sealed partial class Weather;

/// <summary>Large for the series of its test, so that its interval knows the windows that it learned from too well.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 6, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 })]
[Gru(32)]
internal sealed partial class BandModel;

/// <summary>Predicts a distribution step by step from the value before, and two statics that are given once.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = 5, OutputSize = 1, Loss = Loss.Gaussian, MaskedTargets = true)]
[Feature("before"), Static("size"), Static("place")]
[Gru(8)]
internal sealed partial class StaticPathModel;

/// <summary>Target, and at each step a number and two categories of the series.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 4, SequenceLength = 8, OutputSize = 2, Loss = Loss.MeanAbsoluteError)]
[Gru(4)]
internal sealed partial class ShopModel;

/// <summary>Levels around no median; the same parameters as <see cref="MedianModel"/>.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.2, 0.9 })]
[Gru(2)]
internal sealed partial class UnevenModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 })]
[Gru(2)]
internal sealed partial class MedianModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.9 })]
[Gru(2)]
internal sealed partial class EndsModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile, Quantiles = new[] { 0.8, 0.9 })]
[Gru(2)]
internal sealed partial class UpperModel;

/// <summary>Target, an observed covariate, and a static at each step.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 8, OutputSize = 2, Loss = Loss.MeanAbsoluteError)]
[Gru(2)]
internal sealed partial class CovariateModel;

/// <summary>A mean and a scale of each step.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Gaussian)]
[Gru(2)]
internal sealed partial class NormalModel;

/// <summary>A centre and a scale of each step; the same parameters as <see cref="NormalModel"/>.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Laplace)]
[Gru(2)]
internal sealed partial class LaplaceModel;

[Loss("number floor = 1e-6; values mean, raw; link scale = floor + softplus(raw); loss = log(scale) + abs(target - mean) / scale; prediction = mean")]
internal sealed class SpreadLoss : ILoss;

/// <summary>A loss of its own; the same parameters as <see cref="NormalModel"/>.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2)]
[Loss<SpreadLoss>]
[Gru(2)]
internal sealed partial class SpreadModel;

/// <summary>Forecasts themselves.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.MeanAbsoluteError)]
[Gru(2)]
internal sealed partial class PointModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Huber)]
[Gru(2)]
internal sealed partial class HuberModel;

/// <summary>The logarithm of a mean; the same parameters as <see cref="PointModel"/>.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Poisson)]
[Gru(2)]
internal sealed partial class CountModel;

/// <summary>The levels of <see cref="MedianModel"/>, which are those of the loss.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.Quantile)]
[Gru(2)]
internal sealed partial class UsualModel;

/// <summary>A loss of its own with another number than its equations have; the same parameters as <see cref="NormalModel"/>.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2)]
[Loss<SpreadLoss>(Numbers = "floor = 0.5")]
[Gru(2)]
internal sealed partial class FlooredModel;

// Step by step from the value before, with each loss that values can be drawn from.

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.Gaussian, MaskedTargets = true)]
[Gru(4)]
internal sealed partial class NormalPathModel;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.StudentT)]
[Gru(4)]
internal sealed partial class StudentPathModel;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.Laplace)]
[Gru(4)]
internal sealed partial class LaplacePathModel;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.Quantile, Quantiles = new[] { 0.1, 0.5, 0.9 })]
[Gru(4)]
internal sealed partial class QuantilePathModel;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.NegativeBinomial)]
[Gru(4)]
internal sealed partial class CountPathModel;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 2, Loss = Loss.BinaryCrossEntropy)]
[Gru(4)]
internal sealed partial class BinaryModel;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1, Loss = Loss.Poisson)]
[Gru(4)]
internal sealed partial class PoissonPathModel;

[Loss("targets counts; link mean = exp(y); loss = mean - target * y; prediction = mean; draw = poisson(mean, u1)")]
internal sealed class OwnCountLoss : ILoss;

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 10, OutputSize = 1)]
[Loss<OwnCountLoss>]
[Gru(4)]
internal sealed partial class OwnCountPathModel;
