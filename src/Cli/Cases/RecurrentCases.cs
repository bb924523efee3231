using Engine.Tensors;
using static Engine.Cli.Cases.Probe;

namespace Engine.Cli.Cases;

/// <summary>LSTM and GRU over whole sequences, both directions of time, and their gradients.</summary>
internal static class RecurrentCases
{
    private static readonly (int N, int T, int F, int H)[] s_sizes =
        [(1, 1, 1, 1), (3, 4, 5, 7), (13, 2, 3, 16), (5, 9, 4, 33), (40, 3, 20, 20), (3, 12, 70, 130), (66, 2, 9, 64)];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. new[] { 4, 3 }.SelectMany(gates => s_sizes.SelectMany((s, i) => new[]
        {
            Forward(gates, s.N, s.T, s.F, s.H, i % 2 == 1), Gradient(gates, s.N, s.T, s.F, s.H, i % 2 == 1, true),
            Gradient(gates, s.N, s.T, s.F, s.H, i % 2 == 0, false),
        })),
        .. new[] { 4, 3 }.SelectMany(gates => new[]
        {
            Forward(gates, 3, 4, 5, 6, true) with { Shifted = true },
            Gradient(gates, 3, 4, 5, 6, true, true) with { Shifted = true }, Forward(gates, 5, 6, 3, 20, false, nan: true),
        }),
    ];

    /// <summary>The cases to time. A gradient overwrites the history, so each includes its forward pass.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
    [
        Forward(4, 64, 50, 400, 400, false),
        Gradient(4, 64, 50, 400, 400, false, true) with { Operation = "Lstm and its gradient" },
    ];

    private static OperationCase Forward(int gates, int n, int t, int f, int h, bool reverse, bool nan = false) => new(
        gates == 4 ? "Lstm" : "Gru", $"{Sizes(n, t, f, h, reverse)}{(nan ? " with NaN" : "")}",
        p => new Run(p, gates, n, t, f, h, reverse, nan).CheckForward())
    {
        Flops = 2.0 * n * t * gates * h * (f + h),
    };

    // Optionally without the gradients of input and cell, which networks often do not need.
    private static OperationCase Gradient(int gates, int n, int t, int f, int h, bool reverse, bool everything) => new(
        gates == 4 ? "LstmGradient" : "GruGradient", $"{Sizes(n, t, f, h, reverse)}{(everything ? "" : ", of the weights")}",
        p => new Run(p, gates, n, t, f, h, reverse, false).CheckGradients(everything))
    {
        Flops = 6.0 * n * t * gates * h * (f + h),
    };

    private static string Sizes(int n, int t, int f, int h, bool reverse) =>
        $"[{n}, {t}, {f}] to {h} units{(reverse ? " backwards in time" : "")}";

    private sealed class Run
    {
        private readonly Probe _p;
        private readonly int _gates, _n, _t, _f, _h;
        private readonly bool _reverse;
        private readonly Lazy<RecurrentReference> _reference;
        private readonly Tensor _x, _wi, _wh, _bi, _bh, _output, _cell, _history;

        public Run(Probe p, int gates, int n, int t, int f, int h, bool reverse, bool nan)
        {
            (_p, _gates, _n, _t, _f, _h, _reverse) = (p, gates, n, t, f, h, reverse);
            var scale = 1 / Math.Sqrt(h);
            float[] x = p.Draw(n * t * f), wi = p.Draw(gates * h * f, -scale, scale), wh = p.Draw(gates * h * h, -scale, scale),
            bi = p.Draw(gates * h), bh = p.Draw(gates * h);
            if (nan) x[(n / 2 * t + t / 2) * f] = float.NaN;
            // The LSTM takes the sum of both biases.
            if (gates == 4) (bi, bh) = ([.. bi.Zip(bh, (a, b) => a + b)], new float[4 * h]);
            _reference = new(() => new(n, t, f, h, gates, reverse, [Wide(x), Wide(wi), Wide(wh), Wide(bi), Wide(bh)]));
            (_x, _wi, _wh) = (p.Input(x, n, t, f), p.Input(wi, gates * h, f), p.Input(wh, gates * h, h));
            (_bi, _bh) = (p.Input(bi, gates * h), p.Input(bh, gates * h));
            (_output, _cell) = (p.Result(n, t, h), p.Result(n, h));
            _history = gates == 4 ? p.Result(p.Backend.LstmHistory(n, t, h).Sizes) : p.Result(n, t, 4 * h);
        }

        // The error of the sum before a gate, which each step passes on.
        private double Rounding => Probe.U * (4 * _reference.Value.LargestSum + 8) * (1 + _t);

        public void CheckForward()
        {
            if (!_p.Run(Forward)) return;
            _p.Expect("output", _output, _reference.Value.Output, _ => Rounding);
            if (_gates == 4) _p.Expect("cell", _cell, _reference.Value.Cell, _ => Rounding);
        }

        public void CheckGradients(bool everything)
        {
            float[] gradOutput = _p.Draw(_n * _t * _h), gradCell = _p.Draw(_n * _h);
            var input = everything ? _p.Result(_n, _t, _f) : null;
            Tensor weightInput = _p.Result(_gates * _h, _f), weightHidden = _p.Result(_gates * _h, _h),
            biasInput = _p.Result(_gates * _h), biasHidden = _p.Result(_gates * _h);
            Tensor output = _p.Input(gradOutput, _n, _t, _h);
            var cell = everything && _gates == 4 ? _p.Input(gradCell, _n, _h) : null;
            if (!_p.Run(Backward)) return;
            var expected = _reference.Value.Gradients(Wide(gradOutput), cell is null ? null : Wide(gradCell));
            if (input is not null) Expect("gradInput", input, expected[0], _gates * _h);
            Expect("gradWeightInput", weightInput, expected[1], _n * _t);
            Expect("gradWeightHidden", weightHidden, expected[2], _n * _t);
            Expect("gradBiasInput", biasInput, expected[3], _n * _t);
            if (_gates == 3) Expect("gradBiasHidden", biasHidden, expected[4], _n * _t);

            void Backward()
            {
                Forward();
                if (_gates == 4)
                    _p.Backend.LstmGradient(_x, _wi, _wh, _reverse, _output, _history, output, cell, input, weightInput,
                        weightHidden, biasInput);
                else
                    _p.Backend.GruGradient(_x, _wi, _wh, _reverse, _output, _history, output, input, weightInput, weightHidden,
                        biasInput, biasHidden);
            }
        }

        private void Forward()
        {
            if (_gates == 4) _p.Backend.Lstm(_x, _wi, _wh, _bi, _reverse, _output, _cell, _history);
            else _p.Backend.Gru(_x, _wi, _wh, _bi, _bh, _reverse, _output, _history);
        }

        // The error of a sum of this many terms, plus the error that each term carries over from the steps.
        private void Expect(string what, Tensor result, (double[] Values, double Largest) expected, int terms) =>
            _p.Expect(what, result, expected.Values,
                _ => (4 * Probe.U * Math.Sqrt(terms) + 2 * Rounding) * Math.Max(expected.Largest, 1e-30));
    }
}
