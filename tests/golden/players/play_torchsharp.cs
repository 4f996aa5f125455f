#:package TorchSharp-cpu@0.107.0
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false
#:property TreatWarningsAsErrors=false
// Loads our exports in TorchSharp by Module.load, which is strict, and computes with them; saves a model of its own by Module.save. Writes torchsharp.json and torchsharp-saved.dat into the folder that is named:
//     dotnet run tests/golden/players/play_torchsharp.cs -- tests/golden/players
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

string folder = args[0];
List<string> played = [];
random.manual_seed(1);

Play("torchsharp-stack.dat", new Stack(), rand(1, 40, 3) * 2 - 1);
Play("torchsharp-both-ways.dat", new BothWays(), rand(1, 6, 2) * 2 - 1);
Play("torchsharp-plain.dat", new Plain(), rand(1, 6, 2) * 2 - 1);
Play("torchsharp-tokens.dat", new Tokens(), randint(0, 9, [1, 40], int64));
Saved saved = new();
saved.save(Path.Combine(folder, "torchsharp-saved.dat"));
Record("torchsharp-saved.dat", saved, rand(1, 40, 3) * 2 - 1);
File.WriteAllText(Path.Combine(folder, "torchsharp.json"), "[\n" + string.Join(",\n", played) + "\n]\n");

void Play(string file, Module<Tensor, Tensor> module, Tensor inputs)
{
    module.load(Path.Combine(folder, file));
    Record(file, module, inputs);
}

void Record(string file, Module<Tensor, Tensor> module, Tensor inputs)
{
    module.eval();
    using IDisposable none = no_grad();
    played.Add($$"""{"file": "{{file}}", "player": "TorchSharp {{typeof(torch).Assembly.GetName().Version}}", "inputs": {{Numbers(inputs)}}, "outputs": {{Numbers(module.forward(inputs))}}}""");
}

static string Numbers(Tensor tensor) => "[" + string.Join(", ", tensor.to(float64).contiguous().data<double>().ToArray().Select(static v => ((float)v).ToString("R", CultureInfo.InvariantCulture))) + "]";

// What TwoLstms, BothWays, PlainRnn and Tokens of the tests are exported as.
sealed class Stack : Module<Tensor, Tensor>
{
    private readonly ModuleList<LSTM> rnn = ModuleList(LSTM(3, 5, batchFirst: true), LSTM(5, 5, batchFirst: true));
    private readonly ModuleList<LayerNorm> norm = ModuleList(LayerNorm(5));
    private readonly ModuleList<Linear> dense = ModuleList(Linear(5, 4));
    private readonly Linear head = Linear(4, 2);

    public Stack() : base("stack") => RegisterComponents();

    public override Tensor forward(Tensor x) => head.forward(functional.relu(dense[0].forward(rnn[1].forward(norm[0].forward(rnn[0].forward(x).Item1)).Item1)));
}

sealed class BothWays : Module<Tensor, Tensor>
{
    private readonly ModuleList<GRU> rnn = ModuleList(GRU(2, 4, batchFirst: true), GRU(4, 5, batchFirst: true, bidirectional: true));
    private readonly ModuleList<Linear> dense = ModuleList(Linear(10, 6));
    private readonly Linear head = Linear(6, 3);

    public BothWays() : base("both") => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        Tensor states = rnn[1].forward(rnn[0].forward(x).Item1).Item2;
        return head.forward(tanh(dense[0].forward(cat([states[0], states[1]], -1))));
    }
}

sealed class Plain : Module<Tensor, Tensor>
{
    private readonly ModuleList<RNN> rnn = ModuleList(RNN(2, 4, nonLinearity: NonLinearities.ReLU, batchFirst: true, bidirectional: true), RNN(8, 3, batchFirst: true));
    private readonly Linear head = Linear(3, 2);

    public Plain() : base("plain") => RegisterComponents();

    public override Tensor forward(Tensor x) => sigmoid(head.forward(rnn[1].forward(rnn[0].forward(x, null).Item1, null).Item1));
}

sealed class Tokens : Module<Tensor, Tensor>
{
    private readonly Embedding embedding = Embedding(9, 5);
    private readonly GRU rnn = GRU(5, 4, batchFirst: true);
    private readonly Linear head = Linear(4, 4);

    public Tokens() : base("tokens") => RegisterComponents();

    public override Tensor forward(Tensor x) => head.forward(rnn.forward(embedding.forward(x)).Item1);
}

// Made here.
sealed class Saved : Module<Tensor, Tensor>
{
    private readonly LSTM lstm = LSTM(3, 6, numLayers: 2, batchFirst: true, bidirectional: true);
    private readonly GRU gru = GRU(12, 4, batchFirst: true);
    private readonly LayerNorm norm = LayerNorm(4);
    private readonly Linear fc = Linear(4, 2);

    public Saved() : base("saved") => RegisterComponents();

    public override Tensor forward(Tensor x) => fc.forward(norm.forward(gru.forward(lstm.forward(x).Item1).Item1));
}
