using System.Text;
using RnnGen.Exchange;

namespace RnnGen.Tool.Commands;

/// <summary>A format that models are exported to.</summary>
/// <param name="Name">What <c>--to</c> calls it.</param>
/// <param name="Ending">How its files' names end.</param>
/// <param name="Description">What it is, for <c>--help</c>.</param>
/// <param name="Files">All files of a model, which are written together.</param>
internal sealed record ExportFormat(string Name, string Ending, string Description, Func<DeclaredModel, ExportRequest, IReadOnlyList<(string Path, byte[] Bytes)>> Files)
{
    public const string Onnx = "onnx", Keras = "keras", Nam = "nam";

    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        new(Onnx, ".onnx", "an ONNX graph of opset 17, with free batch and steps", static (model, request) => [(request.Path, OnnxExport.ToBytes(model, request.Onnx))]),
        new("torch", ".pt", "a PyTorch state dict with the Python class that loads it", static (model, request) => [(request.Path, TorchExport.ToBytes(model)), (TorchExport.PythonPath(request.Path), Encoding.UTF8.GetBytes(TorchExport.ToPython(model)))]),
        new(Keras, ".keras", "a .keras file of Keras 3", static (model, request) => [(request.Path, KerasExport.ToBytes(model))]),
        new("torchsharp", ".dat", "a TorchSharp file of module.load", static (model, request) => [(request.Path, TorchSharpExport.ToBytes(model))]),
        new("rtneural", ".json", "JSON of RTNeural and AIDA-X", static (model, request) => [(request.Path, RTNeuralExport.ToBytes(model))]),
        new("guitarml", ".json", "JSON of GuitarML", static (model, request) => [(request.Path, GuitarMLExport.ToBytes(model))]),
        new(Nam, ".nam", "a Neural Amp Modeler capture", NamFiles),
    ];

    // A snapshot is beside the capture.
    private static IReadOnlyList<(string Path, byte[] Bytes)> NamFiles(DeclaredModel model, ExportRequest request) =>
    [
        (request.Path, NamExport.ToBytes(model)),
        .. request.Snapshot ? NamExport.ToSnapshot(model).Select(file => (Path.Combine(Path.GetDirectoryName(request.Path) ?? "", file.Name), file.Bytes)) : [],
    ];
}

/// <summary>Where and how a model is written.</summary>
internal sealed record ExportRequest
{
    public required string Path { get; init; }

    public required OnnxExportOptions Onnx { get; init; }

    public required bool Snapshot { get; init; }
}
