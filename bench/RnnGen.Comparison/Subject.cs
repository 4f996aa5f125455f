namespace RnnGen.Comparison;

/// <summary>Somebody who can do a row's work: RnnGen or a peer.</summary>
internal interface ISubject
{
    /// <summary>
    /// Computes what is compared, before any training: in training the loss and then the gradient of every parameter;
    /// else the head's outputs, of every sequence or, when streaming, of every step.
    /// </summary>
    float[] Check();

    /// <summary>Does the work <paramref name="count"/> times and returns the seconds that it took.</summary>
    double Run(int count);
}

/// <summary>A library, or a way to use one, that RnnGen is compared with.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>The name in tables, with which <c>--peers</c> chooses.</summary>
    string Name { get; }

    /// <summary>Name and version.</summary>
    string Version { get; }

    /// <summary>Bits of precision that the peer computes with: 24 of float32, 8 of bfloat16.</summary>
    int Bits => 24;

    /// <summary>Whether the peer does this kind of work on this cell.</summary>
    bool Does(Row row);

    /// <summary>Makes the subject for a problem.</summary>
    ISubject Prepare(Problem problem);
}

/// <summary>A peer is not installed, or its process has failed.</summary>
internal sealed class PeerException(string message) : Exception(message);
