using RnnGen;
using RnnGen.Runtime;

namespace SpokenDigits;

/// <summary>What the trained models hear.</summary>
internal static class Exam
{
    private const int Beams = 16;

    /// <summary>The share of digits that are right where a state is fed frame by frame; its output after the last frame counts.</summary>
    public static double Listen(StreamState<float, float, int> state, IReadOnlyList<Recording> recordings, Ear ear)
    {
        float[] logits = new float[ListeningModel.OutputSize];
        return recordings.Average(recording =>
        {
            state.Reset();
            float[] features = ear.Hear(recording.Samples, ListeningModel.SequenceLength);
            for (int t = 0; t < features.Length / Ear.Bands; t++)
            {
                state.Step(features.AsSpan(t * Ear.Bands, Ear.Bands), logits);
            }

            return Array.IndexOf(logits, logits.Max()) == recording.Digit ? 1.0 : 0;
        });
    }

    /// <summary>Edits over labels, of what a beam search finds.</summary>
    public static double Search(StringModel model, Strings strings)
    {
        CtcBeamSearch search = new(StringModel.OutputSize, StringModel.SequenceLength, Beams);
        int[] labels = new int[StringModel.SequenceLength];
        int edits = 0, all = 0;
        for (int i = 0; i < strings.Count; i++)
        {
            float[] logits = model.Predict(strings.Frames(i), strings.Lengths[i]);
            int count = search.Decode<float>(logits.AsSpan(0, strings.Lengths[i] * StringModel.OutputSize), labels, out _);
            edits += CtcDecoder.EditDistance(labels.AsSpan(0, count), strings.Labels(i));
            all += strings.Labels(i).Length;
        }

        return (double)edits / all;
    }

    /// <summary>Draws the first string of some digits, and where each was heard.</summary>
    public static string Draw(StringModel model, Strings strings, int digits)
    {
        int first = Enumerable.Range(0, strings.Count).First(i => strings.Labels(i).Length == digits);
        int[] labels = new int[StringModel.SequenceLength];
        int count = model.PredictLabels(strings.Frames(first), labels, strings.Lengths[first]);
        string said = string.Concat(strings.Labels(first).Select(d => d - 1)), heard = string.Concat(labels.Take(count).Select(d => d - 1));
        return HeardPicture.Draw($"Said: {said}. Heard: {heard}.", strings.Frames(first).ToArray(), Ear.Bands, model.PredictProbabilities(strings.Frames(first), strings.Lengths[first]));
    }
}
