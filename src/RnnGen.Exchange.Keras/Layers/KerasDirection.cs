using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>The weights of one direction of a recurrent layer, as Keras stores them.</summary>
/// <param name="Kernel"><c>[inputs, gates × units]</c>.</param>
/// <param name="Recurrent"><c>[units, gates × units]</c>.</param>
/// <param name="Bias"><c>[gates × units]</c>; <c>[2, 3 × units]</c> of a GRU whose reset gate comes after the product; null for zeros.</param>
internal sealed record KerasDirection(Tensor Kernel, Tensor Recurrent, Tensor? Bias);
