using System.Diagnostics;

namespace Engine.Nn.Training;

/// <summary>What the steps of a training consist of, in seconds of this process.</summary>
public sealed class StepProfile
{
    private readonly double[] _seconds = new double[Enum.GetValues<StepPhase>().Length];
    private long _since;

    /// <summary>How many steps were measured.</summary>
    public long Steps { get; private set; }

    /// <summary>Bytes that this rank sent for their gradients, figures and buffers.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Seconds of all phases together.</summary>
    public double Total => _seconds.Sum();

    /// <summary>Seconds of a phase.</summary>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public double this[StepPhase phase]
    {
        get
        {
            if (!Enum.IsDefined(phase)) Guard.Argument($"StepProfile: there is no phase {phase}.");
            return _seconds[(int)phase];
        }
    }

    /// <summary>A phase begins.</summary>
    internal void Begin() => _since = Stopwatch.GetTimestamp();

    /// <summary>It ends, and the next begins.</summary>
    internal void End(StepPhase phase)
    {
        var now = Stopwatch.GetTimestamp();
        _seconds[(int)phase] += Stopwatch.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
    }

    /// <summary>A step is done.</summary>
    internal void EndStep(long bytesSent)
    {
        Steps++;
        BytesSent += bytesSent;
    }
}

/// <summary>A phase of a step.</summary>
public enum StepPhase
{
    /// <summary>Waiting for the batch, which is read ahead.</summary>
    Reading,

    /// <summary>Forward pass and loss.</summary>
    Forward,

    /// <summary>Backward pass; what is exchanged meanwhile costs no time of its own.</summary>
    Backward,

    /// <summary>Waiting for the other ranks' gradients, and adding up those of this rank's parts.</summary>
    Exchange,

    /// <summary>Changing the weights, and their average.</summary>
    Optimizer,
}
