using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// <see cref="Moments"/> of a series that is added in pieces, twice: once for the mean and, after
/// <see cref="StartDeviations"/>, once for the deviations from it. The bits do not depend on how it is split.
/// </summary>
internal sealed class RunningMoments
{
    // Values are held here until they fill a vector, so that each is added in its lane of the whole series.
    private readonly float[] _pending = new float[Vector<float>.Count];
    private int _waiting;
    private Vector<double> _sumLow, _sumHigh, _squaresLow, _squaresHigh;
    private long _count;
    private double _mean;

    /// <summary>The moments, after the second pass.</summary>
    public Moments Result
    {
        get
        {
            var (sum, squares) = Sums();
            // The first sum corrects the rounding of the mean (Chan, Golub and LeVeque, 1983).
            return new(_mean, (squares - sum * sum / _count) / _count);
        }
    }

    /// <summary>Adds the next values of the series.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        _count += values.Length;
        if (_waiting > 0)
        {
            var missing = Math.Min(_pending.Length - _waiting, values.Length);
            values[..missing].CopyTo(_pending.AsSpan(_waiting));
            values = values[missing..];
            _waiting += missing;
            if (_waiting < _pending.Length) return;
            AddVectors(_pending);
            _waiting = 0;
        }

        var whole = values.Length - values.Length % _pending.Length;
        AddVectors(values[..whole]);
        values[whole..].CopyTo(_pending);
        _waiting = values.Length - whole;
    }

    /// <summary>Ends the first pass; the series must be added again from its start.</summary>
    public void StartDeviations()
    {
        _mean = Sums().Sum / _count;
        (_sumLow, _sumHigh, _squaresLow, _squaresHigh) = (default, default, default, default);
        (_count, _waiting) = (0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddVectors(ReadOnlySpan<float> values)
    {
        var (sumLow, sumHigh, squaresLow, squaresHigh) = (_sumLow, _sumHigh, _squaresLow, _squaresHigh);
        var shift = new Vector<double>(_mean);
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            Vector.Widen(vector, out var low, out var high);
            low -= shift;
            high -= shift;
            sumLow += low;
            sumHigh += high;
            squaresLow += low * low;
            squaresHigh += high * high;
        }

        (_sumLow, _sumHigh, _squaresLow, _squaresHigh) = (sumLow, sumHigh, squaresLow, squaresHigh);
    }

    private (double Sum, double Squares) Sums()
    {
        var (sum, squares) = (Vector.Sum(_sumLow + _sumHigh), Vector.Sum(_squaresLow + _squaresHigh));
        foreach (var value in _pending.AsSpan(0, _waiting))
        {
            var deviation = value - _mean;
            sum += deviation;
            squares += deviation * deviation;
        }

        return (sum, squares);
    }
}
