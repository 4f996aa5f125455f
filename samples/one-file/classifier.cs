#:package RnnGen@0.2.0
#:property Optimize=true
#:property InvariantGlobalization=true

using RnnGen;

// A line has a language, a tab and one of 24 short passages, which are the same in all eight languages.
string[][] passages = [.. File.ReadLines("languages.tsv").Select(line => line.Split('\t'))];
string[] languages = [.. passages.Select(passage => passage[0]).Distinct()];
var characters = CharacterTokenizer.Train(passages.Select(passage => passage[1]));

var model = new LanguageGuesser(seed: 1);
model.Fit(Pieces(passages.Where((_, i) => i % 24 < 20)), options: new FitOptions { Epochs = 12, Optimizer = new AdamW(3e-3) { ClipNorm = 1 } });
Evaluation test = model.Evaluate(Pieces(passages.Where((_, i) => i % 24 >= 20)));
Console.WriteLine($"{test.Accuracy:P0} right on pieces of the last four passages, not trained on");

string[] texts = args.Any(text => text.Length > 0) ? [.. args.Where(text => text.Length > 0)] :
[
    "The early bird catches the worm.", "Il ne faut pas vendre la peau de l'ours.", "Morgenstund hat Gold im Mund.", "Más vale tarde que nunca.",
    "Chi dorme non piglia pesci.", "De appel valt niet ver van de boom.", "Borta bra men hemma bäst.", "Gdzie kucharek sześć, tam nie ma co jeść.",
];
foreach (string text in texts)
{
    int[] tokens = characters.Encode(text[..Math.Min(text.Length, LanguageGuesser.SequenceLength)]);
    var guesses = languages.Zip(model.PredictProbabilities(tokens, tokens.Length)).OrderByDescending(guess => guess.Second);
    Console.WriteLine($"{text,-42} {string.Join(", ", guesses.Take(2).Select(guess => $"{guess.First} {guess.Second:P0}"))}");
}

// A piece begins at each word and has 8 to 48 characters. Rows are all of 48; what lies beyond a piece's length is not read.
SequenceDataset<int, int> Pieces(IEnumerable<string[]> passages)
{
    List<int> inputs = [], classes = [], lengths = [];
    foreach (string[] passage in passages)
    {
        for (int start = 0; start <= passage[1].Length - LanguageGuesser.SequenceLength; start++)
        {
            if (start == 0 || passage[1][start - 1] == ' ')
            {
                inputs.AddRange(characters.Encode(passage[1].Substring(start, LanguageGuesser.SequenceLength)));
                classes.Add(Array.IndexOf(languages, passage[0]));
                lengths.Add(8 + (lengths.Count % 41));
            }
        }
    }

    return SequenceDataset.FromArrays([.. inputs], [.. classes], classes.Count, [.. lengths]);
}

[RnnModel(Architecture.ManyToOne, SequenceLength = 48, OutputSize = 8, Loss = Loss.CrossEntropy, Pooling = Pooling.Mean)]
[Embedding(100, 16)]
[Gru(48, Bidirectional = true, Dropout = 0.3)]
public sealed partial class LanguageGuesser;
