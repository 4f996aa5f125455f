using System.Globalization;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Messages say the same numbers in every culture.</summary>
public sealed class CultureTests
{
    // No culture that is installed: one that writes every number in another way.
    private static readonly CultureInfo s_other = Other();

    public static TheoryData<string> All => [.. Sayings.Keys];

    private static Dictionary<string, Func<string>> Sayings { get; } = new()
    {
        ["a negative learning rate"] = () => Message(() => new Adam(-0.5)),
        ["a learning rate that is NaN"] = () => Message(() => new Adam(double.NaN)),
        ["a decay of 1.5"] = () => Message(() => new Adam { Beta1 = 1.5 }),
        ["a negative clip norm"] = () => Message(() => new Sgd(0.1) { ClipNorm = -1234.5 }),
        ["settings that contradict each other"] = () => Message(() => new LinearModel().ApplyGradients(new double[3], new Sgd(0.1) { Momentum = 0.9, Dampening = 0.25, Nesterov = true })),
        ["a learning rate beyond float"] = () => Message(() => Step(new TraineeModel(1), 0, new Sgd(1e39))),
        ["a gradient at hand that is NaN"] = () => Message(() => new LinearModel().ApplyGradients([1, double.NegativeInfinity, 2], new Sgd(0.1))),
        ["an input that is NaN"] = () => Message(() => Step(new TraineeModel(1), float.NaN, new Sgd(0.1))),
        ["probabilities"] = () => Message(() => new YesOrNoModel(1).ComputeLoss(new float[6], [0, 1, -1.5f, 0, 0, 0], 1)),
        ["classes"] = () => Message(() => new TokenModel(1).ComputeLoss(new int[4], [0, -5, 0, 0], 1)),
        ["tokens"] = () => Message(() => new TokenModel(1).ComputeLoss([0, -1, 0, 0], new int[4], 1)),
        ["a class in a dataset"] = () => Message(() => new TokenModel(1).Fit(SequenceDataset.FromArrays(new int[8], [0, 0, 0, 0, 0, 0, 0, -12345], 2))),
        ["lengths"] = () => Message(() => new TokenModel(1).ComputeLoss(new int[4], new int[4], 1, [-3])),
        ["a number of sequences"] = () => Message(() => new TokenModel(1).ComputeLoss([], [], -2)),
        ["a state that there is not"] = () => Message(() => new BatchState<float>(2, 3).IsCarried(-99)),
        ["a share of a dataset"] = () => Message(() => SequenceDataset.FromArrays(new double[7], new double[7], 7).Split(-0.25)),
        ["shares of a split"] = () => Message(() => SeriesForecast.Prepare([.. Enumerable.Range(0, 100).Select(i => (double)i)], 5, trainFraction: 0.75, validationFraction: 0.5)),
        ["a normaliser"] = () => Message(() => new Normalizer(0, -0.5)),
        ["a temperature"] = () => Message(() => new DecodingOptions { Temperature = -0.5 }),
        ["a nucleus"] = () => Message(() => new DecodingOptions { TopP = 1.25 }),
        ["a penalty"] = () => Message(() => new DecodingOptions { LengthPenalty = -0.5 }),
        ["beams"] = () => Message(() => new SamplingModel(1).Generate(new int[4], new int[3], new DecodingOptions { Beams = 12345 })),
        ["scheduled sampling"] = () => Message(() => new SamplingModel(1) { ScheduledSampling = -0.5 }),
        ["a schedule"] = () => Message(() => LearningRateSchedule.Exponential(-0.5)),
        ["a policy"] = () => Message(() => NonFinitePolicy.SkipBatch(-0.5)),
        ["an average"] = () => Message(() => new FitOptions { AverageDecay = 1.5 }),
        ["a stream's options"] = () => Message(() => new StreamOptions { Count = -1234 }),
        ["a logit that is NaN"] = () => Message(() => CtcDecoder.Greedy([0, double.NaN, 1], 3, new int[1])),
        ["saving what is not finite"] = () => Message(() => Saved(float.NegativeInfinity)),
        ["a layout that does not fit"] = () => Message(() => TraineeModel.Load(SavedTokens())),
        ["metadata"] = () => Message(() => Tokenizer.FromJson("{\"kind\": -1.5}")),
        ["a number below its minimum"] = () => Message(() => SequenceDataset.FromArrays(new double[4], new double[4], -12345)),
        ["a number outside of its range"] = () => Message(() => SequenceDataset.FromArrays(new double[4], new double[4], 4).Slice(-12345, 1)),
        ["a number of epochs"] = () => Message(() => new FitOptions { Epochs = -12345 }),
        ["a schedule's epochs"] = () => Message(() => LearningRateSchedule.Step(-12345)),
        ["an epoch"] = () => new EpochResult { Epoch = 3, TrainingLoss = -1234.5, ValidationLoss = double.NaN, Seconds = 0.25, SequencesPerSecond = 1234567 }.ToString(),
        ["an evaluation"] = () => new Evaluation { Loss = -0.5, Count = 1234, Accuracy = 0.75, Rmse = double.PositiveInfinity }.ToString(),
    };

    [Theory, MemberData(nameof(All))]
    public void MessagesDoNotDependOnTheCulture(string what)
    {
        string expected = In(CultureInfo.InvariantCulture, Sayings[what]);
        expected.ShouldNotBeEmpty();
        In(s_other, Sayings[what]).ShouldBe(expected);
    }

    private static CultureInfo Other()
    {
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        NumberFormatInfo format = culture.NumberFormat;
        (format.NegativeSign, format.NumberDecimalSeparator, format.NumberGroupSeparator, format.PercentDecimalSeparator) = ("~", "!", "'", "!");
        (format.NaNSymbol, format.PositiveInfinitySymbol, format.NegativeInfinitySymbol) = ("none", "endless", "~endless");
        return culture;
    }

    private static string In(CultureInfo culture, Func<string> saying)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            return saying();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Message(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            return e.Message;
        }

        throw new InvalidOperationException("It should have been refused.");
    }

    private static string Message(Func<object> action) => Message(() => { action(); });

    private static void Step(TraineeModel model, float input, Optimizer optimizer) => model.TrainStep([.. Enumerable.Repeat(input, 12)], [1], 1, optimizer);

    private static void Saved(float value)
    {
        TraineeModel model = new(1);
        float[] parameters = model.Parameters.ToArray();
        parameters[3] = value;
        model.SetParameters(parameters);
        model.Save(Stream.Null);
    }

    private static byte[] SavedTokens()
    {
        using MemoryStream file = new();
        new TokenModel(1).Save(file);
        return file.ToArray();
    }
}
