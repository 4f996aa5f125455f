using Amplifier;
using Capture;
using RnnGen.Data;
using RnnGen.Exchange;
using RnnGen.Samples;

const string CaptureOption = "--capture";
return new Sample("Capture", "Plays a sound through a capture of an amplifier, block by block.")
    .With(SampleOption.Word(CaptureOption, "<file>", "a .nam file with an LSTM, or JSON of RTNeural, AIDA-X or GuitarML (default: one that the sample learns and exports)"))
    .WithData("<file.wav>", "what is played, 48 kHz, one channel (default: plucked strings)")
    .WithEpochs(40, quick: 1)
    .WithLearningRate(5e-3)
    .Run(args, run =>
{
    bool isOwn = !run.Has(CaptureOption);
    string path = isOwn ? run.File("capture.nam") : run.Text(CaptureOption);
    if (isOwn)
    {
        OwnCapture.Write(path, run);
    }

    // The file becomes a model, which plays in blocks.
    ForeignModel capture = ForeignFile.Read(path);
    Console.WriteLine($"{capture.Format}: {Player.Shape(capture)}, {capture.ParameterCount} parameters");
    float[] before = run.Data is { } sound ? Sound.Read(sound) : Sound.Pluck(3, run.Seed + 1000);
    (float[] after, double seconds) = Player.Of(capture, path).Play(before);
    run.Results.Add("the capture", "times real time", before.Length / (double)Sound.Rate / seconds, 0);

    // The first samples by the format's own equations, in double.
    int held = Math.Min(4800, before.Length);
    double[] expected = capture.Run([.. before.Take(held).Select(s => (double)s)], held);
    run.Results.Add("the capture", "largest difference from the format's equations", after.Take(held).Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 7);
    if (isOwn)
    {
        run.Results.Add("the capture", Lesson.Error, 100 * Sound.ErrorToSignal(after, Sound.Clip(before)), 3);
    }

    WavFile.Write(run.File("before.wav"), new WavAudio(before, Sound.Rate));
    WavFile.Write(run.File("after.wav"), new WavAudio([.. after.Select(s => Math.Clamp(s, -1, 1))], Sound.Rate));
    run.Picture("spectrum.svg", Spectrum.Draw(before, after, Sound.Rate));
});
