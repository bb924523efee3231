using System.Runtime.InteropServices;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// What the ranks tell each other of a step beside its gradients: loss and correct examples of each part, and whether a rank was
/// told to stop. It travels in front of the first gradients.
/// </summary>
internal sealed class StepHead(PartLayout layout)
{
    private readonly double[] _losses = new double[layout.Parts.Count];
    private readonly double[] _correct = new double[layout.Parts.Count];

    /// <summary>Whether any rank was told to stop.</summary>
    public bool Stop { get; set; }

    /// <summary>The first part whose loss is not finite; null: there is none.</summary>
    public int? Fault => Array.FindIndex(_losses, l => !double.IsFinite(l)) is >= 0 and var part ? part : null;

    /// <summary>Whether a part of this rank has one.</summary>
    public bool HasOwnFault => Fault is { } part && part >= layout.Own.From && part < layout.Own.To;

    /// <summary>The mean loss of the batch, its parts added in order.</summary>
    public double Loss => _losses.Select((l, p) => l * layout.Parts.Size(p)).Sum() / layout.Parts.Examples;

    /// <summary>How many examples were classified correctly.</summary>
    public double Correct => _correct.Sum();

    /// <summary>The mean loss of a part.</summary>
    public double LossOf(int part) => _losses[part];

    /// <summary>Enters the figures of a part.</summary>
    public void Set(int part, double loss, double correct) => (_losses[part], _correct[part]) = (loss, correct);

    /// <summary>How many bytes a rank sends.</summary>
    public int Bytes(int rank) => sizeof(double) * (1 + 2 * (layout.Of[rank].To - layout.Of[rank].From));

    /// <summary>Writes what this rank sends.</summary>
    public void Write(Span<byte> target)
    {
        var values = MemoryMarshal.Cast<byte, double>(target);
        var (own, count) = (layout.Own, layout.Own.To - layout.Own.From);
        values[0] = Stop ? 1 : 0;
        _losses.AsSpan(own.From, count).CopyTo(values[1..]);
        _correct.AsSpan(own.From, count).CopyTo(values[(1 + count)..]);
    }

    /// <summary>Reads what a rank has sent.</summary>
    public void Read(int rank, ReadOnlySpan<byte> source)
    {
        var values = MemoryMarshal.Cast<byte, double>(source);
        var (from, count) = (layout.Of[rank].From, layout.Of[rank].To - layout.Of[rank].From);
        Stop |= values[0] != 0;
        values.Slice(1, count).CopyTo(_losses.AsSpan(from));
        values.Slice(1 + count, count).CopyTo(_correct.AsSpan(from));
    }
}
