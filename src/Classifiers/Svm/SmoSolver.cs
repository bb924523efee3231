namespace Engine.Classifiers.Svm;

/// <summary>Settings of a solver.</summary>
/// <param name="PositiveBound">The upper bound on the weight of a row of the first class: C times the class's weight.</param>
/// <param name="NegativeBound">The same for the second class.</param>
/// <param name="Tolerance">The gap at which the problem counts as solved.</param>
/// <param name="MaxIterations">Steps after which the solver gives up.</param>
/// <param name="Shrinking">Whether settled variables are temporarily left out.</param>
internal readonly record struct SmoSettings(
    double PositiveBound, double NegativeBound, double Tolerance, int MaxIterations, bool Shrinking);

/// <summary>A solution, or the state when the steps ran out.</summary>
/// <param name="Weights">
/// β of each row: those of the first class, from 0 to its bound, then those of the second, from minus its bound to 0.
/// </param>
/// <param name="Rho">The decision for a row x is Σ β K(row, x) - rho; above 0 means the first class.</param>
/// <param name="Objective">½ Σ Σ β β K - Σ |β|, which the solution minimises.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Gap">The violation left.</param>
/// <param name="Converged">Whether the gap is within the tolerance.</param>
internal sealed record SmoSolution(double[] Weights, double Rho, double Objective, int Iterations, double Gap, bool Converged);

/// <summary>
/// Solves the dual problem of a two-class support vector machine by sequential minimal optimisation (Platt 1998), choosing the
/// pair of each step to second order (Fan, Chen and Lin, "Working set selection using second order information", JMLR 6, 2005),
/// with the shrinking of LIBSVM (Chang and Lin, ACM TIST 2, 2011). In the signed form (Bottou and Lin 2007): maximise Σ y β - ½ Σ
/// Σ β β K with Σ β = 0, 0 ≤ β ≤ C for y = 1 and -C ≤ β ≤ 0 for y = -1. A step moves one β up and another down by the same
/// amount, along the gradient g = y - Kβ; the problem is solved when no g of a β that can grow exceeds that of a β that can
/// shrink. See docs/kernels/smo.md. For one thread.
/// </summary>
internal sealed class SmoSolver
{
    private const int StepsBetweenShrinking = 1000;
    private const int StepsBetweenCancellation = 1024;

    private readonly SmoSettings _settings;
    private readonly KernelRowCache _cache;
    private readonly int _count;
    private readonly int _positives;

    // Indexed by place; shrinking moves variables it leaves out behind the active ones.
    private readonly double[] _weight;
    private readonly double[] _gradient;
    private readonly double[] _up;
    private readonly double[] _low;
    private readonly float[] _diagonal;
    private readonly int[] _row;
    private readonly int[] _variable;
    private int _active;

    /// <summary>
    /// The problem of separating <paramref name="first"/> rows from <paramref name="second"/> rows, at least one of each.
    /// </summary>
    /// <param name="kernel">Values between rows.</param>
    /// <param name="first">The rows with y = 1.</param>
    /// <param name="second">The rows with y = -1.</param>
    /// <param name="settings">Bounds and limits.</param>
    /// <param name="memory">Storage for kernel rows; see <see cref="KernelRowCache.MemoryFor"/>. Must hold finite values.</param>
    public SmoSolver(IKernelRows kernel, ReadOnlySpan<int> first, ReadOnlySpan<int> second, SmoSettings settings, float[] memory)
    {
        (_settings, _positives, _count) = (settings, first.Length, first.Length + second.Length);
        _active = _count;
        _cache = new KernelRowCache(kernel, _count, memory);
        var padded = (_count + SmoLoops.Width - 1) / SmoLoops.Width * SmoLoops.Width;
        (_weight, _gradient, _up, _low, _diagonal) =
            (new double[_count], new double[padded], new double[padded], new double[padded], new float[padded]);
        (_row, _variable) = ([.. first, .. second], new int[_count]);
        for (var k = 0; k < _count; k++)
        {
            _variable[k] = k;
            _gradient[k] = Sign(k);
            _diagonal[k] = kernel.Diagonal(_row[k]);
            Allow(k);
        }

        for (var k = _count; k < padded; k++) Bar(k);
    }

    private ReadOnlySpan<int> ActiveRows => _row.AsSpan(0, _active);

    /// <summary>Solves the problem.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SmoSolution Solve(CancellationToken cancellation = default)
    {
        var untilShrinking = Math.Min(_count, StepsBetweenShrinking);
        var restored = false;
        var steps = 0;
        var violation = Look();
        while (true)
        {
            if (violation.Gap <= _settings.Tolerance || steps == _settings.MaxIterations)
            {
                if (_active == _count) break;
                violation = Restore();
                if (violation.Gap <= _settings.Tolerance || steps == _settings.MaxIterations) break;
                untilShrinking = 1;
            }

            if (--untilShrinking == 0)
            {
                untilShrinking = Math.Min(_count, StepsBetweenShrinking);
                if (_settings.Shrinking)
                {
                    // Near the solution, variables that were left out too early have to come back, once.
                    if (!restored && violation.Gap <= 10 * _settings.Tolerance)
                    {
                        restored = true;
                        violation = Restore();
                    }

                    violation = Shrink(violation);
                }
            }

            if (steps++ % StepsBetweenCancellation == 0) cancellation.ThrowIfCancellationRequested();
            violation = Step(violation);
        }

        return Solution(steps, violation);
    }

    private Violation Look() => SmoLoops.Update(_gradient, _up, _low, _diagonal, _diagonal, 0, _active);

    private Violation Step(Violation violation)
    {
        var i = violation.Up;
        var rowI = Row(i);
        var j = SmoLoops.Partner(_gradient, _low, rowI, _diagonal, violation.Largest, _diagonal[i], _active);
        var rowJ = Row(j);
        var slope = violation.Largest - _gradient[j];
        var step = slope / SmoLoops.Curvature(_diagonal[i], _diagonal[j], rowI[j]);
        var (roomI, roomJ) = (Highest(i) - _weight[i], _weight[j] - Lowest(j));
        step = Math.Min(step, Math.Min(roomI, roomJ));
        _weight[i] = step == roomI ? Highest(i) : _weight[i] + step;
        _weight[j] = step == roomJ ? Lowest(j) : _weight[j] - step;
        Allow(i);
        Allow(j);
        return SmoLoops.Update(_gradient, _up, _low, rowI, rowJ, step, _active);
    }

    private ReadOnlySpan<float> Row(int place) => _cache.Get(_variable[place], _row[place], ActiveRows);

    private double Sign(int place) => _variable[place] < _positives ? 1 : -1;

    private double Highest(int place) => _variable[place] < _positives ? _settings.PositiveBound : 0;

    private double Lowest(int place) => _variable[place] < _positives ? 0 : -_settings.NegativeBound;

    private void Allow(int place)
    {
        _up[place] = _weight[place] < Highest(place) ? 0 : double.NegativeInfinity;
        _low[place] = _weight[place] > Lowest(place) ? 0 : double.PositiveInfinity;
    }

    private void Bar(int place) => (_up[place], _low[place]) = (double.NegativeInfinity, double.PositiveInfinity);

    // Leaves out variables at a bound whose gradient keeps them there: no pair with one of them is a violation.
    private Violation Shrink(Violation violation)
    {
        var order = new int[_active];
        var kept = 0;
        for (var k = 0; k < _active; k++)
        {
            if (!Settled(k, violation)) order[kept++] = k;
        }

        // Moving everything costs more than dropping a few variables would save.
        if (kept > _active - _active / 8) return violation;
        var dropped = kept;
        for (var k = 0; k < _active; k++)
        {
            if (Settled(k, violation)) order[dropped++] = k;
        }

        Reorder(_weight, order);
        Reorder(_gradient, order);
        Reorder(_diagonal, order);
        Reorder(_row, order);
        Reorder(_variable, order);
        _cache.Reorder(order, kept);
        for (var k = 0; k < kept; k++) Allow(k);
        for (var k = kept; k < _active; k++) Bar(k);
        _active = kept;
        return Look();
    }

    private bool Settled(int place, Violation violation) =>
        (_weight[place] >= Highest(place) && _gradient[place] > violation.Largest)
        || (_weight[place] <= Lowest(place) && _gradient[place] < violation.Smallest);

    // Brings every variable back and recomputes the gradients of those that were left out.
    private Violation Restore()
    {
        if (_active == _count) return Look();
        var from = _active;
        _active = _count;
        for (var k = from; k < _count; k++) _gradient[k] = Sign(k);
        for (var k = 0; k < _count; k++)
        {
            Allow(k);
            if (_weight[k] == 0) continue;
            var row = Row(k);
            var weight = _weight[k];
            for (var other = from; other < _count; other++) _gradient[other] -= weight * row[other];
        }

        return Look();
    }

    private static void Reorder<T>(T[] values, int[] order)
    {
        var moved = new T[order.Length];
        for (var k = 0; k < order.Length; k++) moved[k] = values[order[k]];
        moved.CopyTo(values, 0);
    }

    private SmoSolution Solution(int steps, Violation violation)
    {
        var weights = new double[_count];
        double free = 0, objective = 0;
        var freeCount = 0;
        for (var k = 0; k < _count; k++)
        {
            weights[_variable[k]] = _weight[k];
            objective -= _weight[k] * (_gradient[k] + Sign(k)) / 2;
            if (_up[k] != 0 || _low[k] != 0) continue;
            free -= _gradient[k];
            freeCount++;
        }

        // For a weight strictly between its bounds the gradient is exactly -rho; if there is none, rho may be anywhere between
        // the two.
        var rho = freeCount > 0 ? free / freeCount : -(violation.Largest + violation.Smallest) / 2;
        return new SmoSolution(weights, rho, objective, steps, violation.Gap, violation.Gap <= _settings.Tolerance);
    }
}
