namespace Engine.Cli.Cases;

/// <summary>
/// An LSTM (four gates i, f, g, o) or GRU (three, r, z, n) in one direction by plain loops in double: the forward pass and, step
/// by step in reverse, the backward pass. Sizes of sums are kept beside them, to bound the rounding error.
/// </summary>
internal sealed class RecurrentReference
{
    private readonly int _n, _t, _f, _h, _gates;
    private readonly bool _reverse;
    private readonly double[] _x, _wi, _wh, _bi, _bh;

    // Gates after activation [n, t, gates·h], cells [n, t, h] and, for a GRU, U h + d of the last gate [n, t, h].
    private readonly double[] _activations, _cells, _candidates;

    public RecurrentReference(int n, int t, int f, int h, int gates, bool reverse, double[][] operands)
    {
        (_n, _t, _f, _h, _gates, _reverse) = (n, t, f, h, gates, reverse);
        (_x, _wi, _wh, _bi, _bh) = (operands[0], operands[1], operands[2], operands[3], operands[4]);
        Output = new double[n * t * h];
        _activations = new double[n * t * gates * h];
        _cells = new double[n * t * h];
        _candidates = new double[n * t * h];
        for (var i = 0; i < n; i++)
        {
            for (var step = 0; step < t; step++) Forward(i, step);
        }

        Cell = [.. Enumerable.Range(0, n).SelectMany(i => _cells.AsSpan((i * t + Time(t - 1)) * h, h).ToArray())];
    }

    /// <summary>[n, t, h].</summary>
    public double[] Output { get; }

    /// <summary>[n, h], an LSTM's cell state after the last step.</summary>
    public double[] Cell { get; }

    /// <summary>The largest Σ|w·x| + Σ|w·h| + |b| before a gate.</summary>
    public double LargestSum { get; private set; }

    /// <summary>
    /// One layer, in both directions on request: the outputs [n, t, h·directions], followed for an LSTM by the last cell states
    /// [directions, n, h]. The operands are x, then weights and biases of each direction.
    /// </summary>
    public static double[] Layer(double[][] operands, int n, int t, int f, int h, int gates, bool bidirectional)
    {
        RecurrentReference[] directions =
        [
            .. Enumerable.Range(0, bidirectional ? 2 : 1)
                .Select(d => new RecurrentReference(n, t, f, h, gates, d == 1, [operands[0], .. operands.AsSpan(1 + 4 * d, 4)])),
        ];
        var output = Enumerable.Range(0, n * t).SelectMany(row => directions.SelectMany(d => d.Output[(row * h)..(row * h + h)]));
        return [.. output, .. gates == 4 ? directions.SelectMany(d => d.Cell) : []];
    }

    /// <summary>The gradients of Σ gradOutput·output + Σ gradCell·cell, and the largest Σ|…| among the sums of each.</summary>
    public (double[] Values, double Largest)[] Gradients(double[] gradOutput, double[]? gradCell)
    {
        Sums x = new(_x.Length), wi = new(_wi.Length), wh = new(_wh.Length), bi = new(_bi.Length), bh = new(_bh.Length);
        for (var i = 0; i < _n; i++)
        {
            var (dh, dc) = (new double[_h], gradCell?.AsSpan(i * _h, _h).ToArray() ?? new double[_h]);
            for (var step = _t - 1; step >= 0; step--)
            {
                var row = i * _t + Time(step);
                var before = step == 0 ? -1 : i * _t + Time(step - 1);
                for (var j = 0; j < _h; j++) dh[j] += gradOutput[row * _h + j];
                var (input, hidden, carried) = _gates == 4 ? LstmStep(row, before, dh, dc) : GruStep(row, before, dh);
                for (var g = 0; g < _gates * _h; g++)
                {
                    bi.Add(g, input[g]);
                    bh.Add(g, hidden[g]);
                    for (var j = 0; j < _f; j++)
                    {
                        wi.Add(g * _f + j, input[g] * _x[row * _f + j]);
                        x.Add(row * _f + j, input[g] * _wi[g * _f + j]);
                    }

                    for (var j = 0; j < _h; j++)
                    {
                        if (before >= 0) wh.Add(g * _h + j, hidden[g] * Output[before * _h + j]);
                        carried[j] += hidden[g] * _wh[g * _h + j];
                    }
                }

                dh = carried;
            }
        }

        return [.. new[] { x, wi, wh, bi, bh }.Select(s => (s.Values, s.Sizes.Max()))];
    }

    private void Forward(int i, int step)
    {
        var row = i * _t + Time(step);
        var before = step == 0 ? -1 : i * _t + Time(step - 1);
        double[] a = new double[_gates * _h], u = new double[_gates * _h];
        for (var g = 0; g < _gates * _h; g++)
        {
            (a[g], u[g]) = (_bi[g], _bh[g]);
            var size = Math.Abs(a[g]) + Math.Abs(u[g]);
            for (var j = 0; j < _f; j++)
            {
                a[g] += _wi[g * _f + j] * _x[row * _f + j];
                size += Math.Abs(_wi[g * _f + j] * _x[row * _f + j]);
            }

            for (var j = 0; j < _h && before >= 0; j++)
            {
                u[g] += _wh[g * _h + j] * Output[before * _h + j];
                size += Math.Abs(_wh[g * _h + j] * Output[before * _h + j]);
            }

            if (size > LargestSum) LargestSum = size;
        }

        var gates = _activations.AsSpan(row * _gates * _h, _gates * _h);
        for (var j = 0; j < _h; j++)
        {
            var previous = before < 0 ? 0 : Output[before * _h + j];
            if (_gates == 4)
            {
                for (var g = 0; g < 4; g++)
                    gates[g * _h + j] = g == 2
                        ? Math.Tanh(a[g * _h + j] + u[g * _h + j]) : Logistic(a[g * _h + j] + u[g * _h + j]);
                var cell = gates[_h + j] * (before < 0 ? 0 : _cells[before * _h + j]) + gates[j] * gates[2 * _h + j];
                (_cells[row * _h + j], Output[row * _h + j]) = (cell, gates[3 * _h + j] * Math.Tanh(cell));
            }
            else
            {
                var (r, z) = (Logistic(a[j] + u[j]), Logistic(a[_h + j] + u[_h + j]));
                var candidate = Math.Tanh(a[2 * _h + j] + r * u[2 * _h + j]);
                (gates[j], gates[_h + j], gates[2 * _h + j], _candidates[row * _h + j]) = (r, z, candidate, u[2 * _h + j]);
                Output[row * _h + j] = (1 - z) * candidate + z * previous;
            }
        }
    }

    // From dh and dc after a step to the gradients before its gates; dc becomes that of the step before.
    private (double[] Input, double[] Hidden, double[] Carried) LstmStep(int row, int before, double[] dh, double[] dc)
    {
        var sums = new double[4 * _h];
        var gates = _activations.AsSpan(row * 4 * _h, 4 * _h);
        for (var j = 0; j < _h; j++)
        {
            var (i, f, g, o, squashed) =
                (gates[j], gates[_h + j], gates[2 * _h + j], gates[3 * _h + j], Math.Tanh(_cells[row * _h + j]));
            dc[j] += dh[j] * o * (1 - squashed * squashed);
            sums[j] = dc[j] * g * i * (1 - i);
            sums[_h + j] = dc[j] * (before < 0 ? 0 : _cells[before * _h + j]) * f * (1 - f);
            sums[2 * _h + j] = dc[j] * i * (1 - g * g);
            sums[3 * _h + j] = dh[j] * squashed * o * (1 - o);
            dc[j] *= f;
        }

        return (sums, sums, new double[_h]);
    }

    private (double[] Input, double[] Hidden, double[] Carried) GruStep(int row, int before, double[] dh)
    {
        double[] input = new double[3 * _h], hidden = new double[3 * _h], carried = new double[_h];
        var gates = _activations.AsSpan(row * 3 * _h, 3 * _h);
        for (var j = 0; j < _h; j++)
        {
            var (r, z, n) = (gates[j], gates[_h + j], gates[2 * _h + j]);
            var dn = dh[j] * (1 - z) * (1 - n * n);
            input[j] = hidden[j] = dn * _candidates[row * _h + j] * r * (1 - r);
            input[_h + j] = hidden[_h + j] = dh[j] * ((before < 0 ? 0 : Output[before * _h + j]) - n) * z * (1 - z);
            (input[2 * _h + j], hidden[2 * _h + j], carried[j]) = (dn, dn * r, dh[j] * z);
        }

        return (input, hidden, carried);
    }

    private int Time(int step) => _reverse ? _t - 1 - step : step;

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private sealed class Sums(int count)
    {
        public double[] Values { get; } = new double[count];

        public double[] Sizes { get; } = new double[count];

        public void Add(int at, double term)
        {
            Values[at] += term;
            Sizes[at] += Math.Abs(term);
        }
    }
}
