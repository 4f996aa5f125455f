using System.Globalization;
using RnnGen;

// The weights (random numbers) stand in the program. Without arguments it predicts and ends; "train" trains a new model; "check file" compares what it has with the file.
float[] input = [.. Enumerable.Range(0, Wave.SequenceLength).Select(t => MathF.Sin(0.3f * t))];
var model = new Wave();
float predicted = model.Predict(input)[0];
switch (args.FirstOrDefault())
{
    case "train":
        var fresh = new Wave(seed: 1);
        var optimizer = new Adam(1e-2) { ClipNorm = 1 };
        float[] target = [MathF.Sin(0.3f * Wave.SequenceLength)];
        float first = fresh.TrainStep(input, target, 1, optimizer), last = first;
        for (int step = 0; step < 100; step++)
        {
            last = fresh.TrainStep(input, target, 1, optimizer);
        }

        Console.WriteLine(last < first / 10 ? "trained" : "learned nothing");
        break;
    case "check":
        Wave loaded = Wave.Load(args[1]);
        Console.WriteLine(loaded.Parameters.SequenceEqual(model.Parameters) && loaded.Predict(input)[0] == predicted ? "the same" : "another model");
        break;
    default:
        Console.WriteLine(predicted.ToString("R", CultureInfo.InvariantCulture));
        break;
}

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1, Weights = "models/wave.safetensors")]
[Lstm(16)]
internal sealed partial class Wave;
