using System.Globalization;
using RnnGen.ManyStreams;

// The cost of a stream's step against the number of streams that are stepped together. The argument is the folder to write to.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RnnGen.Comparison.Clock.IsThreadTime = OperatingSystem.IsLinux();
string folder = args.Length > 0 ? args[0] : ".";
Directory.CreateDirectory(folder);

StreamSeries[] all = [StreamSeries.Of(new Lstm16To32(1)), StreamSeries.Of(new Lstm64To128(1))];
foreach (StreamSeries series in all)
{
    series.Measure();
    series.Print();
}

File.WriteAllText(Path.Combine(folder, "streams.svg"), StreamsPlot.Draw(all));
File.WriteAllLines(Path.Combine(folder, "streams.csv"), ["model,streams,seconds", .. all.SelectMany(s => s.Rows)]);
