using System.Globalization;
using Amplifier;
using CharLanguageModel;
using RnnGen;
using RnnGen.Quality;
using RnnGen.Runtime;
using SpokenDigits;
using Sunspots;
using Vowels;

// What weights in fewer bits cost on real data: the models that the samples trained and saved, with the same weights as Float, BFloat16 and Int8.
// The arguments are the folder of the samples and that of the data.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string samples = args.Length > 0 ? args[0] : "samples", data = args.Length > 1 ? args[1] : "../shared/data";
string folder = Directory.CreateTempSubdirectory("rnngen-quality-").FullName;
try
{
    Table table = new(folder);
    Table.Begin();
    AddVowels(table);
    AddDigits(table);
    AddCharacters(table);
    AddSunspots(table);
    AddAmplifier(table);
    return table.Misses;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

string Trained(string sample, string model)
{
    string path = Path.Combine(samples, sample, "output", $"{model}.safetensors");
    return File.Exists(path) ? path : throw new FileNotFoundException($"There is no {path}; run the sample {sample} first.");
}

void AddVowels(Table table)
{
    SequenceDataset<float, int> test = Recordings.Read(Path.Combine(data, "ucr/JapaneseVowels")).Test.Data;
    double Right<TModel>(IRnnModel<TModel, float, float, int> model) where TModel : IRnnModel<TModel, float, float, int> => 100 * model.Evaluate(test).Accuracy!.Value;
    table.Add(
        new("Vowels: bidirectional GRU of 64", "right, %", 2, IsError: false, Bound.Points),
        SpeakerModel.Load(Trained("Vowels", nameof(SpeakerModel))),
        (file => Right(SpeakerModel.Load(file)), file => Right(SpeakerBFloat16.Load(file)), file => Right(SpeakerInt8.Load(file))));
}

void AddDigits(Table table)
{
    Sounds sounds = Sounds.Read(Path.Combine(data, "spoken-digits"));
    Ear ear = new(sounds.Train);
    SequenceDataset<float, int> test = Features.Of(sounds.Test, ear), strings = Strings.Glue(sounds.Test, 300, new Random(99), ear).Data;
    double Right<TModel>(IRnnModel<TModel, float, float, int> model) where TModel : IRnnModel<TModel, float, float, int> => 100 * model.Evaluate(test).Accuracy!.Value;
    double Heard(StreamState<float, float, int> state) => 100 * Exam.Listen(state, sounds.Test, ear);
    double LabelErrors<TModel>(IRnnModel<TModel, float, float, int> model) where TModel : IRnnModel<TModel, float, float, int> => 100 * model.Evaluate(strings).LabelErrorRate!.Value;
    table.Add(
        new("SpokenDigits: bidirectional GRU of 96", "right, %", 2, IsError: false, Bound.Points),
        DigitModel.Load(Trained("SpokenDigits", nameof(DigitModel))),
        (file => Right(DigitModel.Load(file)), file => Right(DigitBFloat16.Load(file)), file => Right(DigitInt8.Load(file))));
    table.Add(
        new("SpokenDigits: GRU of 96, as audio arrives", "right, %", 2, IsError: false, Bound.Points),
        ListeningModel.Load(Trained("SpokenDigits", nameof(ListeningModel))),
        (file => Heard(ListeningModel.Load(file).CreateState()), file => Heard(ListeningBFloat16.Load(file).CreateState()), file => Heard(ListeningInt8.Load(file).CreateState())));
    table.Add(
        new("SpokenDigits: strings, CTC", "label errors, %", 2, IsError: true, Bound.Points),
        StringModel.Load(Trained("SpokenDigits", nameof(StringModel))),
        (file => LabelErrors(StringModel.Load(file)), file => LabelErrors(StringBFloat16.Load(file)), file => LabelErrors(StringInt8.Load(file))));
}

void AddCharacters(Table table)
{
    Corpus corpus = Corpus.Of(File.ReadAllText(Path.Combine(data, "text/tinyshakespeare.txt")));
    double Nats(StreamState<float, int, int> state) => Writing.Nats(state, corpus.HeldOut);
    table.Add(
        new("CharLanguageModel: LSTM of 256", "nats per character", 4, IsError: true, Bound.Part),
        CharModel.Load(Trained("CharLanguageModel", nameof(CharModel))),
        (file => Nats(CharModel.Load(file).CreateState()), file => Nats(CharBFloat16.Load(file).CreateState()), file => Nats(CharInt8.Load(file).CreateState())));
}

void AddSunspots(Table table)
{
    SunspotData series = SunspotData.Load(Path.Combine(samples, "Sunspots/sunspot-month.csv"), "sunspots");
    Question Asked(string cell) => new($"Sunspots: {cell} of 32, 12 months ahead", "RMSE", 3, IsError: true, Bound.Part);
    double Rmse<TModel>(TModel model) where TModel : IRnnModel<TModel, float, float, float> => Score.Of(Experiment.Predict("", model, series).Values[1], series.Truths[1]).Rmse;
    table.Add(
        Asked("LSTM"), LstmForecaster.Load(Trained("Sunspots", nameof(LstmForecaster))),
        (file => Rmse(LstmForecaster.Load(file)), file => Rmse(LstmForecasterBFloat16.Load(file)), file => Rmse(LstmForecasterInt8.Load(file))));
    table.Add(
        Asked("GRU"), GruForecaster.Load(Trained("Sunspots", nameof(GruForecaster))),
        (file => Rmse(GruForecaster.Load(file)), file => Rmse(GruForecasterBFloat16.Load(file)), file => Rmse(GruForecasterInt8.Load(file))));
    table.Add(
        Asked("RNN"), RnnForecaster.Load(Trained("Sunspots", nameof(RnnForecaster))),
        (file => Rmse(RnnForecaster.Load(file)), file => Rmse(RnnForecasterBFloat16.Load(file)), file => Rmse(RnnForecasterInt8.Load(file))));
}

void AddAmplifier(Table table)
{
    float[] sound = Sound.Pluck(3, 1001), expected = Sound.Clip(sound);
    double Error(StreamState<float, float, float> state)
    {
        float[] played = new float[sound.Length];
        for (int i = 0; i < sound.Length; i++)
        {
            state.Step(sound.AsSpan(i, 1), played.AsSpan(i, 1));
        }

        return 100 * Sound.ErrorToSignal(played, expected);
    }

    table.Add(
        new("Amplifier: LSTM of 20", "error to signal, %", 4, IsError: true, Bound.Points),
        MiddleAmplifier.Load(Trained("Amplifier", nameof(MiddleAmplifier))),
        (file => Error(MiddleAmplifier.Load(file).CreateState()), file => Error(AmplifierBFloat16.Load(file).CreateState()), file => Error(AmplifierInt8.Load(file).CreateState())));
}
