namespace RnnGen.Generator.Parsing;

// The declaration's choices, in the numeric order of the enums that users see in RnnGen.

internal enum Architecture { ManyToOne, ManyToMany, OneToMany, EncoderDecoder }

internal enum Attention { None, Multiplicative, Additive }

internal enum InitialState { Zero, Learned }

internal enum Pooling { Last, Mean, Max }

internal enum Loss { MeanSquaredError, MeanAbsoluteError, Huber, CrossEntropy, BinaryCrossEntropy, Ctc }

internal enum Activation { Identity, Tanh, Relu, Sigmoid }

internal enum Initializer { Default, Glorot, Orthogonal, Identity, Uniform }

internal enum Precision { Single, Double }

internal enum Accuracy { Exact, Fast }
