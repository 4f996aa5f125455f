using Amplifier;
using RnnGen.Data;
using RnnGen.Samples;

return new Sample("Amplifier", "Learns an amplifier, sample by sample, and plays through it.")
    .WithData("<file.wav>", "what is played at the end, 48 kHz, one channel (default: plucked strings)")
    .WithEpochs(40, quick: 1)
    .WithLearningRate(5e-3)
    .Run(args, run =>
{
    // Strings to learn from and other ones, or a recording, to be scored on: what goes into the circuit and what comes out of it.
    float[] train = Sound.Pluck(12, run.Seed), test = run.Data is { } path ? Sound.Read(path) : Sound.Pluck(3, run.Seed + 1000);
    float[] trainOut = Sound.Clip(train), testOut = Sound.Clip(test);
    Console.WriteLine($"{train.Length / Sound.Rate} s of plucked strings through a diode clipper to learn from, {(double)test.Length / Sound.Rate:F1} s to be scored on");

    // Three sizes learn from windows of the sound.
    var small = new SmallAmplifier(run.Seed) { Threads = Environment.ProcessorCount };
    var middle = new MiddleAmplifier(run.Seed) { Threads = Environment.ProcessorCount };
    var large = new LargeAmplifier(run.Seed) { Threads = Environment.ProcessorCount };
    Lesson.Learn("8 units", small, train, trainOut, run);
    Lesson.Learn("20 units", middle, train, trainOut, run);
    Lesson.Learn("40 units", large, train, trainOut, run);
    MiddleAmplifier loaded = run.Reload(middle, middle.Save, path => MiddleAmplifier.Load(path));

    // Each plays the test in blocks of samples, as a plug-in does; the baseline is a gain without memory.
    run.Results.Add("a gain, no memory", Lesson.Error, 100 * Sound.ErrorToSignal(Sound.NearestGain(train, trainOut, test), testOut), 3);
    Lesson.Play("LSTM of 8 units", small.CreateState(), test, testOut, run);
    float[] played = Lesson.Play("LSTM of 20 units", loaded.CreateState(), test, testOut, run);
    Lesson.Play("LSTM of 40 units", large.CreateState(), test, testOut, run);

    WavFile.Write(run.File("before.wav"), new WavAudio(test, Sound.Rate));
    WavFile.Write(run.File("after.wav"), new WavAudio([.. played.Select(s => Math.Clamp(s, -1, 1))], Sound.Rate));
    run.Picture("wave.svg", WavePicture.Draw(test, testOut, played, milliseconds: 8));
});
