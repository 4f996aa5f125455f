using System.Globalization;
using RnnGen.Data;

namespace RnnGen.Overheads;

/// <summary>The rate of training from a CSV file that is read ahead, beside that of training on the same windows in memory.</summary>
internal static class StreamOverhead
{
    private const int Columns = 4, Epochs = 3;

    public static void Run(int turns)
    {
        Console.WriteLine($"Streams: sequences a second of {Epochs} epochs from a CSV file over those from memory, {turns} turns, one thread that trains and one that reads\n");
        Console.WriteLine("| windows | order | in memory | from the file, median [quartiles] | after the first epoch |\n|---:|---|---:|---:|---:|");
        foreach (int windows in (int[])[2_000, 4_096, 20_000])
        {
            foreach (bool shuffle in (bool[])[false, true])
            {
                Row(windows, shuffle, turns);
            }
        }

        Console.WriteLine();
    }

    private static void Row(int windows, bool shuffle, int turns)
    {
        string path = Path.Combine(Path.GetTempPath(), $"rnngen-overheads-{Environment.ProcessId}.csv");
        try
        {
            Write(path, windows + Forecaster.SequenceLength);
            CsvColumn[] columns = ["a", "b", "c", "d"];
            StreamedSequences<float, float> stream = StreamedSequences.Windows(
                CsvTable.Rows(path, columns), Columns, Forecaster.SequenceLength, targets: [0], options: new StreamOptions { Count = windows });
            SequenceDataset<float, float> memory = SeriesWindows.OfRows(CsvTable.Read(path, columns), Columns, Forecaster.SequenceLength, targets: [0]);
            Forecaster one = new(1), other = new(1);
            Ratio ratio = Ratio.Measure(turns, () => Seconds(one, memory, shuffle), () => Seconds(other, stream, shuffle));
            Ratio later = Ratio.Measure(turns, () => Seconds(one, memory, shuffle, from: 1), () => Seconds(other, stream, shuffle, from: 1));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {windows} | {(shuffle ? "shuffled" : "the file's")} | {Epochs * windows / ratio.First:F0} a second | {100 / ratio.Median:F0} % [{100 / ratio.Quartiles.High:F0} to {100 / ratio.Quartiles.Low:F0}] | {100 / later.Median:F0} % [{100 / later.Quartiles.High:F0} to {100 / later.Quartiles.Low:F0}] |"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Seconds(Forecaster model, SequenceSource<float, float> data, bool shuffle, int from = 0) =>
        model.Fit(data, options: new FitOptions { Epochs = Epochs, Shuffle = shuffle }).Epochs.Skip(from).Sum(e => e.Seconds);

    private static void Write(string path, int rows)
    {
        Random random = new(1);
        using StreamWriter writer = new(path);
        writer.WriteLine("a,b,c,d");
        for (int row = 0; row < rows; row++)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{random.NextSingle():F5},{random.NextSingle():F5},{random.NextSingle():F5},{random.NextSingle():F5}"));
        }
    }
}
