using System.Globalization;
using RnnGen.Comparison;
using RnnGen.Peers;
using TorchSharp;

// LibTorch behind the line protocol of bench/peers/README.md. Arguments: threads; float32, bfloat16 or script.
torch.set_num_threads(int.Parse(args[0], CultureInfo.InvariantCulture));
Dictionary<string, Network> networks = [];
while (Console.ReadLine() is { } line)
{
    try
    {
        Console.WriteLine($"ok {Answer(line)}");
    }
    catch (Exception exception) when (exception is not OutOfMemoryException) // the caller reports it
    {
        Console.WriteLine($"error {exception.Message.ReplaceLineEndings(" ")}");
    }
}

string Answer(string line)
{
    string[] words = line.Split(' ', 3);
    switch (words[0])
    {
        case "version":
            return $"{torch.__version__} (TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)})";
        case "prepare":
            string[] problem = words[2].Split(' ', 7);
            int Number(int i) => int.Parse(problem[i], CultureInfo.InvariantCulture);
            Sizes sizes = new(Batch: Number(2), Steps: Number(3), Inputs: Number(4), Units: Number(5));
            networks[words[1]] = Network.Create(args[1], problem[0], problem[1], sizes, problem[6]);
            return "";
        case "check":
            return networks[words[1]].Check(words[2]).ToString(CultureInfo.InvariantCulture);
        case "run":
            string[] run = words[2].Split(' ');
            Clock.IsThreadTime = run[1] == "thread";
            return networks[words[1]].Run(int.Parse(run[0], CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture);
        default:
            throw new FormatException($"unknown word {words[0]}");
    }
}
