using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>
/// What a case works with when it is timed: the same million random numbers repeated; the call is kept for later.
/// </summary>
internal sealed class TimedProbe(Device device, OperationCase operation) : Probe(device, operation)
{
    private static readonly double[] s_numbers = Make();

    private readonly OperationCase _operation = operation;
    private Action? _call;

    /// <summary>Makes the operands and returns one call.</summary>
    public Action Prepare()
    {
        _operation.Body(this);
        return _call!;
    }

    /// <inheritdoc/>
    public override bool Run(Action call)
    {
        _call = call;
        return false;
    }

    /// <inheritdoc/>
    public override float[] Draw(int count, double low = -1, double high = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(low + (high - low) * s_numbers[i % s_numbers.Length]);
        return values;
    }

    private static double[] Make()
    {
        var random = new RandomStream(1, "bench");
        var values = new double[1 << 20];
        foreach (ref var value in values.AsSpan()) value = random.NextDouble();
        return values;
    }
}
