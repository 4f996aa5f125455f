#if WITH_MODEL
using System.Runtime;
using RnnGen;
using RnnGen.BuildCost;
using RnnGen.Comparison;

// What the JIT takes of a new process until the end of the first training step. The JIT's clock is the wall's; on a machine that others use
// too, the thread's own time of the first step less that of the second is nearer to the truth: JIT and loading of types.
Clock.IsThreadTime = OperatingSystem.IsLinux();
float[] inputs = new float[32 * 64 * 64], targets = new float[32];
TimeSpan before = JitInfo.GetCompilationTime();
long methods = JitInfo.GetCompiledMethodCount();
Measured model = new(1) { Threads = 1 };
Adam optimizer = new(1e-3) { ClipNorm = 1 };
TimeSpan made = JitInfo.GetCompilationTime();
long madeMethods = JitInfo.GetCompiledMethodCount();
double first = Step();
TimeSpan after = JitInfo.GetCompilationTime();
long afterMethods = JitInfo.GetCompiledMethodCount();
double second = Step();
Console.WriteLine(FormattableString.Invariant(
    $"first step: JIT {(after - made).TotalMilliseconds:F1} ms, {afterMethods - madeMethods} methods; thread time above the second step {(first - second) * 1e3:F1} ms; making the model: JIT {(made - before).TotalMilliseconds:F1} ms, {madeMethods - methods} methods"));

double Step() => Clock.Time(() => model.TrainStep(inputs, targets, 32, optimizer));
#else
Console.WriteLine("no model");
#endif
