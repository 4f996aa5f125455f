using System.Diagnostics;
using VanishingGradients;

string[] cells = args[0].Split(',');
string task = args[1];
int memory = int.Parse(args[2]), steps = int.Parse(args[3]);
double rate = double.Parse(args[4]);
foreach (string cell in cells)
{
    Adding adding = new();
    Copying copying = new();
    Outcome o = (task, cell) switch
    {
        ("a", "tanh") => Trial.Run<TanhAdds, float>(cell, adding, memory, steps, rate, 1),
        ("a", "relu") => Trial.Run<IdentityAdds, float>(cell, adding, memory, steps, rate, 1),
        ("a", "gru") => Trial.Run<GruAdds, float>(cell, adding, memory, steps, rate, 1),
        ("a", "lstm") => Trial.Run<LstmAdds, float>(cell, adding, memory, steps, rate, 1),
        ("c", "tanh") => Trial.Run<TanhCopies, int>(cell, copying, memory, steps, rate, 1),
        ("c", "relu") => Trial.Run<IdentityCopies, int>(cell, copying, memory, steps, rate, 1),
        ("c", "gru") => Trial.Run<GruCopies, int>(cell, copying, memory, steps, rate, 1),
        _ => Trial.Run<LstmCopies, int>(cell, copying, memory, steps, rate, 1),
    };
    Console.WriteLine($"{cell} {task} {memory}: {o.Steps} steps, {o.Error:F4} of {o.Baseline:F4}, reach {o.Reach(0):E2} -> {o.Reach(o.Norms.Count - 1):E2}, {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1} s {o.Failure} dead {o.DeadUnits} {string.Join(", ", o.Saturation)}");
}
