using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RnnGen.Exchange;

namespace RnnGen.Tool.Commands;

/// <summary>A file, and what it does not say.</summary>
internal sealed class SourceOptions
{
    public Argument<string> File { get; } = new("FILE") { Description = "The model's file: PyTorch's .pt or .pth of torch.save(model.state_dict(), path), safetensors, ONNX, Keras's .keras or .h5, TorchSharp's .dat, or JSON of RTNeural, AIDA-X, GuitarML or Neural Amp Modeler (.nam)." };

    private Option<Architecture?> Architecture { get; } = new("--architecture")
    {
        Description = "many-to-one: one output at the end of a sequence; many-to-many: one for each step. Default: what the file says, else many-to-many.",
        HelpName = "many-to-one|many-to-many",
        CustomParser = static result => result.Tokens[0].Value switch
        {
            "many-to-one" => RnnGen.Architecture.ManyToOne,
            "many-to-many" => RnnGen.Architecture.ManyToMany,
            string other => Error<Architecture?>(result, Invariant($"--architecture is '{other}'; use many-to-one or many-to-many.")),
        },
    };

    private Option<KeyValuePair<string, Activation>[]> Activations { get; } = new("--activation")
    {
        Description = "The function that follows a layer, where the file does not say it: fc1=relu. Also tanh, sigmoid, identity. May be given for several layers.",
        HelpName = "LAYER=FUNCTION",
        CustomParser = static result => [.. result.Tokens.Select(token => Function(result, token.Value))],
    };

    private Option<KeyValuePair<string, ConvolutionOptions>[]> Convolutions { get; } = new("--convolution")
    {
        Description = "The steps that an nn.Conv1d reads, which a state dict does not say: conv=causal, its own and those before; conv=same, those around it; conv=causal:2 with a dilation of 2. May be given for several layers.",
        HelpName = "LAYER=causal|same",
        CustomParser = static result => [.. result.Tokens.Select(token => Convolution(result, token.Value))],
    };

    private Option<string?> Embedding { get; } = new("--embedding")
    {
        Description = "The layer that is an nn.Embedding, where its matrix could be that of an nn.Linear without a bias. A layer with --activation is linear.",
        HelpName = "LAYER",
    };

    private Option<Pooling?> Pooling { get; } = new("--pooling")
    {
        Description = "What a model with one output reads of the last recurrent layer, where the file does not say it: last, mean or max. Default: last.",
        HelpName = "last|mean|max",
        CustomParser = static result => result.Tokens[0].Value switch
        {
            "last" => RnnGen.Pooling.Last,
            "mean" => RnnGen.Pooling.Mean,
            "max" => RnnGen.Pooling.Max,
            string other => Error<Pooling?>(result, Invariant($"--pooling is '{other}'; use last, mean or max.")),
        },
    };

    private Option<string?> Order { get; } = new("--order") { Description = "The file's layers in the order in which values flow, where sizes leave a choice: embedding,lstm,fc.", HelpName = "LAYER,LAYER" };

    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Architecture);
        command.Add(Activations);
        command.Add(Convolutions);
        command.Add(Embedding);
        command.Add(Pooling);
        command.Add(Order);
    }

    public ForeignModel Read(ParseResult parsed)
    {
        string file = parsed.GetValue(File)!;
        ImportOptions options = new()
        {
            Architecture = parsed.GetValue(Architecture),
            Activations = Named("--activation", "function", parsed.GetValue(Activations) ?? []),
            Convolutions = Named("--convolution", "convolution", parsed.GetValue(Convolutions) ?? []),
            Embedding = parsed.GetValue(Embedding),
            Pooling = parsed.GetValue(Pooling),
            Order = parsed.GetValue(Order)?.Split(',') ?? [],
        };
        return KerasFile.TryRead(file, options) ?? ForeignFile.Read(file, options);
    }

    private static Dictionary<string, T> Named<T>(string option, string what, KeyValuePair<string, T>[] said)
    {
        Dictionary<string, T> named = [];
        foreach ((string layer, T value) in said)
        {
            if (!named.TryAdd(layer, value))
            {
                throw new ArgumentException(Invariant($"{option} names '{layer}' twice; give each layer one {what}."));
            }
        }

        return named;
    }

    private static KeyValuePair<string, ConvolutionOptions> Convolution(ArgumentResult result, string text)
    {
        int equals = text.LastIndexOf('=');
        string[] parts = equals < 0 ? [] : text[(equals + 1)..].Split(':');
        int dilation = 1;
        bool isKnown = parts is ["causal" or "same"] || (parts is ["causal" or "same", var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out dilation) && dilation is >= 1 and <= 65_536);
        return isKnown ? new(text[..equals], new ConvolutionOptions { IsCausal = parts[0] == "causal", Dilation = dilation })
            : Error<KeyValuePair<string, ConvolutionOptions>>(result, Invariant($"--convolution is '{text}'; write the layer's name, '=' and causal or same, with a dilation behind ':' where it has one: conv=causal:2."));
    }

    private static KeyValuePair<string, Activation> Function(ArgumentResult result, string text)
    {
        int equals = text.LastIndexOf('=');
        Activation? activation = (equals < 0 ? "" : text[(equals + 1)..]) switch
        {
            "identity" => Activation.Identity,
            "tanh" => Activation.Tanh,
            "relu" => Activation.Relu,
            "sigmoid" => Activation.Sigmoid,
            _ => null,
        };
        return activation is { } known ? new(text[..equals], known)
            : Error<KeyValuePair<string, Activation>>(result, Invariant($"--activation is '{text}'; write the layer's name, '=' and identity, tanh, relu or sigmoid: fc1=relu."));
    }

    private static T? Error<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
