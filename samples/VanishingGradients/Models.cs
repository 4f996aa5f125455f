using RnnGen;

namespace VanishingGradients;

// Four cells, two tasks. Each model is compiled for the longest sequences, 1,000 steps of memory, and shorter ones give their lengths; with checkpoints the
// generated training covers 200 of them, again and again. GradientFlow measures the gradient in the backward pass.

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 1000, OutputSize = 1, RecomputeEvery = 200, GradientFlow = true)]
[Rnn(64, Activation = Activation.Tanh)]
internal sealed partial class TanhAdds;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 1000, OutputSize = 1, RecomputeEvery = 200, GradientFlow = true)]
[Rnn(64, Activation = Activation.Relu, Initializer = Initializer.Identity)]
internal sealed partial class IdentityAdds;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 1000, OutputSize = 1, RecomputeEvery = 200, GradientFlow = true)]
[Gru(64)]
internal sealed partial class GruAdds;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 1000, OutputSize = 1, RecomputeEvery = 200, GradientFlow = true)]
[Lstm(64)]
internal sealed partial class LstmAdds;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 1010, OutputSize = 4, RecomputeEvery = 202, Loss = Loss.CrossEntropy, MaskedTargets = true, GradientFlow = true)]
[Rnn(64, Activation = Activation.Tanh)]
internal sealed partial class TanhCopies;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 1010, OutputSize = 4, RecomputeEvery = 202, Loss = Loss.CrossEntropy, MaskedTargets = true, GradientFlow = true)]
[Rnn(64, Activation = Activation.Relu, Initializer = Initializer.Identity)]
internal sealed partial class IdentityCopies;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 1010, OutputSize = 4, RecomputeEvery = 202, Loss = Loss.CrossEntropy, MaskedTargets = true, GradientFlow = true)]
[Gru(64)]
internal sealed partial class GruCopies;

[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 1010, OutputSize = 4, RecomputeEvery = 202, Loss = Loss.CrossEntropy, MaskedTargets = true, GradientFlow = true)]
[Lstm(64)]
internal sealed partial class LstmCopies;

// ReLU units that each keep 1.5 times what they had: a recurrent matrix of spectral radius 1.5.
[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = Explosion.Memory, OutputSize = 1, GradientFlow = true)]
[Rnn(64, Activation = Activation.Relu, Initializer = Initializer.Identity)]
internal sealed partial class Exploding;
