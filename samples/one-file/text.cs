#:package RnnGen@0.2.0
#:property Optimize=true
#:property InvariantGlobalization=true

using RnnGen;

// Names of dinosaurs, one a line. Token 0 begins and ends a name; tokens 1 to 26 are letters. The target of each step is the next token.
string[] names = File.ReadAllLines("dinosaurs.txt");
int[] inputs = new int[names.Length * Namer.SequenceLength], targets = new int[inputs.Length], lengths = new int[names.Length];
for (int n = 0; n < names.Length; n++)
{
    int[] letters = [.. names[n].ToLowerInvariant().Select(letter => letter - 'a' + 1)];
    letters.CopyTo(inputs, (n * Namer.SequenceLength) + 1);
    letters.CopyTo(targets, n * Namer.SequenceLength);
    lengths[n] = letters.Length + 1;
}

var model = new Namer(seed: 1);
model.Fit(SequenceDataset.FromArrays(inputs, targets, names.Length, lengths), options: new FitOptions { Epochs = 30, Optimizer = new AdamW(3e-3) { ClipNorm = 1 } });

// One step a letter: what is drawn is the next input.
var random = new Random(1);
Namer.State state = model.CreateState();
float[] logits = new float[Namer.OutputSize];
for (int n = 0; n < 12; n++)
{
    string name = "";
    state.Reset();
    state.Step([0], logits);
    for (int token = Draw(logits, random.NextDouble()); token > 0 && name.Length < 25; token = Draw(logits, random.NextDouble()))
    {
        name += (char)(name.Length == 0 ? 'A' + token - 1 : 'a' + token - 1);
        state.Step([token], logits);
    }

    Console.WriteLine(names.Contains(name) ? $"{name} (a real one)" : name);
}

// The token at which the summed probabilities, softmax(logits / 0.8), pass a number between 0 and 1.
static int Draw(float[] logits, double number)
{
    double[] weights = [.. logits.Select(logit => Math.Exp(logit / 0.8))];
    double rest = number * weights.Sum();
    return Math.Max(0, Array.FindIndex(weights, weight => (rest -= weight) < 0));
}

[RnnModel(Architecture.ManyToMany, SequenceLength = 26, OutputSize = 27, Loss = Loss.CrossEntropy)]
[Embedding(27, 16)]
[Lstm(64)]
public sealed partial class Namer;
