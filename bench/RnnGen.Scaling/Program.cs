using System.Globalization;
using RnnGen.Scaling;

// Time and memory of one training step against steps, units and batch. The first argument is the folder to write to.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RnnGen.Comparison.Clock.IsThreadTime = OperatingSystem.IsLinux();
string folder = args.Length > 0 ? args[0] : ".";
Directory.CreateDirectory(folder);

Series[] all =
[
    new("T", "steps, H = 32, B = 16", 1, [
        Case.Of(8, new Steps8(1) { Threads = 1 }),
        Case.Of(16, new Steps16(1) { Threads = 1 }),
        Case.Of(32, new Steps32(1) { Threads = 1 }),
        Case.Of(64, new Steps64(1) { Threads = 1 }),
        Case.Of(128, new Steps128(1) { Threads = 1 }),
        Case.Of(256, new Steps256(1) { Threads = 1 }),
        Case.Of(512, new Steps512(1) { Threads = 1 }),
        Case.Of(1024, new Steps1024(1) { Threads = 1 }),
        Case.Of(2048, new Steps2048(1) { Threads = 1 }),
        Case.Of(4096, new Steps4096(1) { Threads = 1 })]),
    new("H", "units, T = 16, B = 16", 2, [
        Case.Of(4, new Units4(1) { Threads = 1 }),
        Case.Of(8, new Units8(1) { Threads = 1 }),
        Case.Of(16, new Units16(1) { Threads = 1 }),
        Case.Of(32, new Units32(1) { Threads = 1 }),
        Case.Of(64, new Units64(1) { Threads = 1 }),
        Case.Of(128, new Units128(1) { Threads = 1 }),
        Case.Of(256, new Units256(1) { Threads = 1 }),
        Case.Of(512, new Units512(1) { Threads = 1 }),
        Case.Of(1024, new Units1024(1) { Threads = 1 })]),
    new("B", "batch, T = 32, H = 64", 1, [
        Case.Of(1, new Batch1(1) { Threads = 1 }),
        Case.Of(2, new Batch2(1) { Threads = 1 }),
        Case.Of(4, new Batch4(1) { Threads = 1 }),
        Case.Of(8, new Batch8(1) { Threads = 1 }),
        Case.Of(16, new Batch16(1) { Threads = 1 }),
        Case.Of(32, new Batch32(1) { Threads = 1 }),
        Case.Of(64, new Batch64(1) { Threads = 1 }),
        Case.Of(128, new Batch128(1) { Threads = 1 }),
        Case.Of(256, new Batch256(1) { Threads = 1 }),
        Case.Of(512, new Batch512(1) { Threads = 1 })]),
];
List<string> csv = ["series,size,seconds,training_bytes,prediction_bytes"];
foreach (Series series in all)
{
    series.Measure();
    series.Print();
    File.WriteAllText(Path.Combine(folder, $"scaling-{series.Name}.svg"), Plot.Draw(series));
    csv.AddRange(series.Cases.Select(c => $"{series.Name},{c.Size},{c.Seconds:G6},{c.Training},{c.Prediction}"));
}

File.WriteAllLines(Path.Combine(folder, "scaling.csv"), csv);
