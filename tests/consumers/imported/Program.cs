using RnnGen.Exchange;

// Declared by what the tool wrote of a PyTorch file; compared with what the library reads of the same file.
Forecaster model = Forecaster.Load(Path.Combine(args[0], "Forecaster.safetensors"));
ForeignModel foreign = ForeignFile.Read(Path.Combine(args[0], "lstm.pt"));
float[] input = [.. Enumerable.Range(0, Forecaster.SequenceLength * Forecaster.InputSize).Select(t => MathF.Sin(0.3f * t))];
float[] output = model.Predict(input);
double[] expected = foreign.Run([.. input.Select(x => (double)x)], Forecaster.SequenceLength);
double difference = output.Zip(expected, (a, b) => Math.Abs(a - b)).Max();

// Written for Keras and read again.
KerasExport.Save(model, Path.Combine(args[0], "forecaster.keras"));
double[] again = KerasFile.Read(Path.Combine(args[0], "forecaster.keras")).Run([.. input.Select(x => (double)x)], Forecaster.SequenceLength);
difference = Math.Max(difference, output.Zip(again, (a, b) => Math.Abs(a - b)).Max());
Console.WriteLine(difference < 1e-6 ? "imported, the same" : $"imported, but {difference} apart");
