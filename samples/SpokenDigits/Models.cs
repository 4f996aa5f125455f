using RnnGen;

namespace SpokenDigits;

/// <summary>Recognises the digit of a recording: it reads the frames in both directions, and each unit's maximum over them decides.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy,
    OutputDropout = 0.3, BatchSize = 32)]
[Gru(96, Bidirectional = true, Dropout = 0.1)]
internal sealed partial class DigitModel;

/// <summary>The same one step at a time, as audio arrives: one direction, and at each frame what it would say if the recording ended there.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = Ear.Bands, SequenceLength = 96, OutputSize = 10, Pooling = Pooling.Max, Loss = Loss.CrossEntropy,
    OutputDropout = 0.3, BatchSize = 32)]
[Gru(96, Dropout = 0.1)]
internal sealed partial class ListeningModel;

/// <summary>Recognises a string of digits without being told where each begins: at every frame it outputs a digit, or the blank between them.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = Ear.Bands, SequenceLength = 320, OutputSize = 11, Loss = Loss.Ctc, LabelLength = 6, OutputDropout = 0.2, BatchSize = 16)]
[Gru(96, Bidirectional = true, Dropout = 0.1)]
internal sealed partial class StringModel;
