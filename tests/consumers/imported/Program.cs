using System.Globalization;
using RnnGen;
using RnnGen.Data;
using RnnGen.Display;
using RnnGen.Exchange;

// In a folder with files of other frameworks and with what the tool wrote: imports, trains alone in a group of processes with a report, exports, and imports what was exported. It prints the same under the JIT, trimmed and
// compiled ahead of time.
AppContext.SetData(VectorWidths.SwitchName, "256");
string folder = args[0];

// Declared by what the tool wrote of a PyTorch file; compared with what the library reads of the same file, and of what the tool exported of its own.
Forecaster imported = Forecaster.Load(In("Forecaster.safetensors"));
float[] input = [.. Enumerable.Range(0, Forecaster.SequenceLength * Forecaster.InputSize).Select(t => MathF.Sin(0.3f * t))];
float[] output = imported.Predict(input);
Same("imported", ["lstm.pt", "Forecaster.onnx", "Forecaster.pt", "Forecaster.dat", "Forecaster.keras"], Read, input, output, Forecaster.SequenceLength);

// A capture, a graph and a model of Keras: read, written as a declaration and as weights.
foreach (string file in (string[])["capture.nam", "torch-lstm.onnx", "keras-lstm.keras"])
{
    ForeignModel foreign = Read(file);
    string declaration = foreign.ToDeclaration(new DeclarationOptions { Name = "Foreign" });
    double[] sequence = [.. Enumerable.Range(0, 8 * foreign.InputSize).Select(t => Math.Sin(0.3 * t))];
    Print($"{foreign.Format}: {declaration.Split('\n').Count(line => line.StartsWith("[Lstm(", StringComparison.Ordinal))} layers, {foreign.ToWeights("Foreign").Length} bytes, {foreign.Run(sequence, 8)[^1]:F9}");
}

// Trained alone, with a table of RnnGen.Data and the logs and the report of RnnGen.Display.
File.Delete(In("epochs.csv"));
File.WriteAllLines(In("wave.csv"), ["value", .. Enumerable.Range(0, 600).Select(t => Math.Sin(0.2 * t).ToString(CultureInfo.InvariantCulture))]);
float[] series = CsvSeries.Read(In("wave.csv"), "value");
using var processes = MpiProcesses.Join();
var model = new Amp(seed: 1);
TrainingReport report = new(In("report.html"));
SequenceDataset<float, float> data = SequenceDataset.FromArrays(series, [.. series.Select(x => MathF.Tanh(2 * x))], series.Length / Amp.SequenceLength);
TrainingResult trained = model.Fit(data, data, new FitOptions { Epochs = 20, BatchSize = 5, Optimizer = new Adam(1e-2), Processes = processes, Callbacks = [report, new CsvLog(In("epochs.csv")), new TensorBoardLog(In("runs"))] });
report.Save();
Print($"trained in {processes.Count} process: {trained.Epochs[^1].ValidationLoss:F6}, {File.ReadLines(In("epochs.csv")).Count()} lines, report {(File.ReadAllText(In("report.html")).Contains("</html>", StringComparison.Ordinal) ? "whole" : "damaged")}");

float[] samples = series[..Amp.SequenceLength], played = model.Predict(samples);
model.Metadata["sample_rate"] = "48000";
OnnxExport.Save(model, In("amp.onnx"));
TorchExport.Save(model, In("amp.pt"));
TorchSharpExport.Save(model, In("amp.dat"));
KerasExport.Save(model, In("amp.keras"));
RTNeuralExport.Save(model, In("amp.json"));
GuitarMLExport.Save(model, In("guitarml.json"));
NamExport.Save(DeclaredModel.Of(model, model.Metadata), In("amp.nam"));
Same("exported", ["amp.onnx", "amp.pt", "amp.dat", "amp.keras", "amp.json", "guitarml.json", "amp.nam"], Read, samples, played, Amp.SequenceLength);

string In(string file) => Path.Combine(folder, file);

ForeignModel Read(string file) => KerasFile.TryRead(In(file)) ?? ForeignFile.Read(In(file));

static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

static void Same(string what, string[] files, Func<string, ForeignModel> read, float[] inputs, float[] outputs, int steps)
{
    foreach (string file in files)
    {
        double difference = read(file).Run([.. inputs.Select(x => (double)x)], steps).Zip(outputs, (a, b) => Math.Abs(a - b)).Max();
        Print(difference < 1e-6 ? $"{what} {file}, the same" : (FormattableString)$"{what} {file}, but {difference} apart");
    }
}

[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 24, OutputSize = 1)]
[Lstm(8)]
internal sealed partial class Amp;
