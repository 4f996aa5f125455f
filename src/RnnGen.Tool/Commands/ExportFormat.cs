using RnnGen.Exchange;

namespace RnnGen.Tool.Commands;

/// <summary>A format that models are exported to.</summary>
/// <param name="Name">What <c>--to</c> calls it.</param>
/// <param name="Ending">How its files' names end.</param>
/// <param name="Description">What it is, for <c>--help</c>.</param>
/// <param name="Save">Writes a model.</param>
internal sealed record ExportFormat(string Name, string Ending, string Description, Action<DeclaredModel, ExportRequest> Save)
{
    public const string Onnx = "onnx", Nam = "nam", Torch = "torch";

    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        new(Onnx, ".onnx", "an ONNX graph of opset 17, with free batch and steps", static (model, request) => OnnxExport.Save(model, request.Path, request.Onnx)),
        new(Torch, ".pt", "a PyTorch state dict with the Python class that loads it", static (model, request) => TorchExport.Save(model, request.Path)),
        new("keras", ".keras", "a .keras file of Keras 3", static (model, request) => KerasExport.Save(model, request.Path)),
        new("torchsharp", ".dat", "a TorchSharp file of module.load", static (model, request) => TorchSharpExport.Save(model, request.Path)),
        new("rtneural", ".json", "JSON of RTNeural and AIDA-X", static (model, request) => RTNeuralExport.Save(model, request.Path)),
        new("guitarml", ".json", "JSON of GuitarML", static (model, request) => GuitarMLExport.Save(model, request.Path)),
        new(Nam, ".nam", "a Neural Amp Modeler capture", SaveNam),
    ];

    private static void SaveNam(DeclaredModel model, ExportRequest request)
    {
        NamExport.Save(model, request.Path);
        if (request.Snapshot)
        {
            NamExport.SaveSnapshot(model, Path.GetDirectoryName(Path.GetFullPath(request.Path))!);
        }
    }
}

/// <summary>Where and how a model is written.</summary>
internal sealed record ExportRequest
{
    public required string Path { get; init; }

    public required OnnxExportOptions Onnx { get; init; }

    public required bool Snapshot { get; init; }
}
