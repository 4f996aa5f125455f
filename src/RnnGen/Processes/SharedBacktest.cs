using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>The back-test that processes share, as package RnnGen.Forecasting makes it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SharedBacktest
{
    /// <summary>Compares what the processes have in common, does the work of each, and gives all the results.</summary>
    /// <param name="processes">The processes, more than one, all of which make this call.</param>
    /// <param name="describe">What is compared: names, values, and sentences that say how to make them the same everywhere.</param>
    /// <param name="work">The work of this process, which exchanges nothing; returns its result.</param>
    /// <param name="cancellationToken">Ends it in all processes.</param>
    /// <returns>The results of all processes.</returns>
    /// <exception cref="ProcessGroupException">Another process failed, or has other values, which the message names.</exception>
    /// <exception cref="OperationCanceledException">A process was cancelled.</exception>
    public static IReadOnlyList<byte[]> Run(ProcessGroup processes, Func<IReadOnlyList<(string Name, string Value, string Fix)>> describe, Func<byte[]> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(processes);
        return Together.Run(processes, SharedCall.Backtest, nameof(processes), _ =>
        {
            Likeness likeness = new(processes, "back-test");
            foreach ((string name, string value, string fix) in Together.Agree(processes, describe))
            {
                likeness.Add(name, value, fix);
            }

            likeness.Add(nameof(VectorWidth), VectorWidths.Default.ToString(), Likeness.SameDefaultWidth);
            likeness.Add(VectorWidths.InstructionsName, VectorWidths.Instructions(VectorWidths.Default), Likeness.SameDefaultWidth);
            likeness.Check();
            return processes.Gather(Together.Agree(processes, work, cancellationToken));
        });
    }
}
