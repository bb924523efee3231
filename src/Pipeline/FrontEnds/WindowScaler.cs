using System.Buffers;
using System.Globalization;
using System.Numerics;
using Engine.Classifiers;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Standardises windows, each input separately: <c>(x - mean) / deviation</c>, learned in double precision from training rows,
/// over all values, each channel, or each bin of each channel. Constant values are only centred. Thread-safe once fitted.
/// </summary>
internal sealed class WindowScaler
{
    private const string Name = nameof(WindowScaler);

    // Rows whose moments are computed at once, one per thread at a time.
    private const int BlockRows = 64;

    private readonly int[] _lengths;
    private readonly Group[][] _groups;
    private bool _fitted;

    /// <summary>For windows of these sizes, one list per input.</summary>
    public WindowScaler(WindowScalerKind kind, IReadOnlyList<IReadOnlyList<int>> sizes)
    {
        _lengths = [.. sizes.Select(s => s.Aggregate((product, size) => product * size))];
        _groups = [.. sizes.Select(s => new Group[Groups(kind, s)])];
    }

    /// <summary>
    /// Learns from <paramref name="rows"/> of a store, reading each once. The result does not depend on the threads.
    /// </summary>
    /// <exception cref="EngineException">There are no rows, or one cannot be read again.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Fit(WindowStore windows, IReadOnlyList<int> rows, int threads = 0, CancellationToken cancellation = default)
    {
        if (rows.Count == 0) throw new EngineException($"{Name}: cannot be fitted without rows.");
        var moments = _groups.Select(g => new Moments[g.Length]).ToArray();
        for (var start = 0; start < rows.Count; start += BlockRows)
        {
            var block = new Moments[Math.Min(BlockRows, rows.Count - start)][][];
            var first = start;
            FeatureExtraction.ForEach(block.Length, threads, i =>
            {
                block[i] = [.. Enumerable.Range(0, _lengths.Length).Select(input => MomentsOf(windows, rows[first + i], input))];
                return true;
            }, cancellation);
            foreach (var row in block)
            {
                for (var input = 0; input < moments.Length; input++)
                {
                    for (var g = 0; g < moments[input].Length; g++) moments[input][g] = moments[input][g].With(row[input][g]);
                }
            }
        }

        for (var input = 0; input < moments.Length; input++)
            _groups[input] = [.. moments[input].Select(m => new Group(m.Mean, m.Deviation))];
        _fitted = true;
    }

    /// <summary>Standardises one window of an input in place.</summary>
    /// <exception cref="EngineException">Not fitted yet.</exception>
    public void Apply(int input, Span<float> window)
    {
        RequireFitted();
        var groups = _groups[input];
        var length = _lengths[input] / groups.Length;
        for (var g = 0; g < groups.Length; g++)
            Apply(window.Slice(g * length, length), (float)groups[g].Mean, (float)(1 / groups[g].Deviation));
    }

    /// <summary>The fitted state: <c>I.mean</c> and <c>I.deviation</c> of each input I.</summary>
    /// <exception cref="EngineException">Not fitted yet.</exception>
    public IReadOnlyDictionary<string, StoredTensor> SaveState()
    {
        RequireFitted();
        var state = new Dictionary<string, StoredTensor>();
        for (var input = 0; input < _groups.Length; input++)
        {
            state[Key(input, "mean")] = new(Array.ConvertAll(_groups[input], g => g.Mean), _groups[input].Length);
            state[Key(input, "deviation")] = new(Array.ConvertAll(_groups[input], g => g.Deviation), _groups[input].Length);
        }

        return state;
    }

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    /// <exception cref="EngineException">A tensor is missing or unknown, or its type, shape or values do not fit.</exception>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
    {
        var unknown = state.Keys.Except(Enumerable.Range(0, _groups.Length)
            .SelectMany(i => new[] { Key(i, "mean"), Key(i, "deviation") })).FirstOrDefault();
        if (unknown is not null)
            throw new EngineException($"{Name}: tensor '{unknown}' belongs to none of the {_groups.Length} inputs.");
        var groups = new Group[_groups.Length][];
        for (var input = 0; input < groups.Length; input++)
        {
            var mean = (double[])State.Doubles(state, Name, Key(input, "mean"), _groups[input].Length).Data;
            var deviation = (double[])State.Doubles(state, Name, Key(input, "deviation"), _groups[input].Length).Data;
            var bad = Array.FindIndex(deviation, d => d <= 0);
            if (bad >= 0)
                throw new EngineException(
                    $"{Name}: tensor '{Key(input, "deviation")}' is {deviation[bad]} at index {bad}; it must be above 0.");
            groups[input] = [.. mean.Zip(deviation, (m, d) => new Group(m, d))];
        }

        groups.CopyTo(_groups, 0);
        _fitted = true;
    }

    private static int Groups(WindowScalerKind kind, IReadOnlyList<int> sizes) => kind switch
    {
        WindowScalerKind.All => 1,
        WindowScalerKind.Channel => sizes[0],
        WindowScalerKind.Bin when sizes.Count > 2 => sizes[0] * sizes[1],
        _ => throw new ArgumentOutOfRangeException(nameof(kind),
            $"{Name}: {kind} cannot scale windows [{string.Join(", ", sizes)}]."),
    };

    private static void Apply(Span<float> values, float mean, float factor)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            ((new Vector<float>(values[i..]) - new Vector<float>(mean)) * factor).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++) values[i] = (values[i] - mean) * factor;
    }

    private Moments[] MomentsOf(WindowStore windows, int row, int input)
    {
        var buffer = ArrayPool<float>.Shared.Rent(_lengths[input]);
        var values = buffer.AsSpan(0, _lengths[input]);
        windows.Read(row, input, values);
        var moments = new Moments[_groups[input].Length];
        var length = values.Length / moments.Length;
        for (var g = 0; g < moments.Length; g++) moments[g] = Moments.Of(values.Slice(g * length, length));
        ArrayPool<float>.Shared.Return(buffer);
        return moments;
    }

    private static string Key(int input, string what) => string.Create(CultureInfo.InvariantCulture, $"{input}.{what}");

    private void RequireFitted()
    {
        if (!_fitted) throw new EngineException($"{Name}: not fitted yet.");
    }

    private readonly record struct Group(double Mean, double Deviation);

    /// <summary>Count, mean and sum of squared deviations, which can be combined pairwise.</summary>
    private readonly record struct Moments(double Count, double Mean, double Squares)
    {
        public static Moments Of(ReadOnlySpan<float> values)
        {
            double sum = 0;
            foreach (var v in values) sum += v;
            var mean = sum / values.Length;

            // The summed residual corrects for the rounding of the mean (Chan, Golub and LeVeque 1983).
            double squares = 0, residual = 0;
            foreach (var v in values)
            {
                squares += (v - mean) * (v - mean);
                residual += v - mean;
            }

            return new(values.Length, mean, squares - residual * residual / values.Length);
        }

        /// <summary>The moments of both sets of values together (Chan, Golub and LeVeque 1979).</summary>
        public Moments With(Moments other)
        {
            var (count, delta) = (Count + other.Count, other.Mean - Mean);
            return new(count, Mean + delta * other.Count / count,
                Squares + other.Squares + delta * delta * Count * other.Count / count);
        }

        /// <summary>
        /// The population deviation; 1 if it is within the rounding error of the mean, as in <c>StandardScaler</c>.
        /// </summary>
        public double Deviation
        {
            get
            {
                var variance = Squares / Count;
                var relative = Count * Math.ScaleB(1, -52);
                var noise = relative * variance + relative * Mean * (relative * Mean);
                return variance <= noise ? 1 : Math.Sqrt(variance);
            }
        }
    }
}
