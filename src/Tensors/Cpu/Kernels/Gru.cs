using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// One GRU layer (Cho et al. 2014, in the form of cuDNN and PyTorch) over whole sequences. The inputs of all steps take one large
/// product; each step adds hidden · weightᵀ and applies the gates. The history [N, T, 4H] holds r, z, n and the hidden part of n
/// before r scales it. States and gradients below 2⁻¹⁰⁰ are 0: see <see cref="Tiny"/>.
/// </summary>
internal static unsafe class Gru
{
    /// <summary>Fills output and history.</summary>
    public static void Forward(
        SequenceSizes s, float* input, float* weightInput, float* weightHidden, float* biasInput, float* biasHidden,
        float* output, float* history)
    {
        var (rows, h) = (s.Batch * s.Steps, s.Units);
        if (rows == 0) return;
        using Scratch sums = new((long)rows * 3 * h), products = new((long)s.Batch * 3 * h);
        float* gates = sums.Floats, hidden = products.Floats;
        Gemm.Run(rows, 3 * h, s.Features, new(input, s.Features, 1), new(weightInput, s.Features, 1), gates, 3 * h, false,
            new GemmEpilogue<float>(null, biasInput, false));
        for (var step = 0; step < s.Steps; step++)
        {
            var (time, before) = (s.Time(step), step == 0 ? 0 : s.Time(step - 1));

            // The first step starts from zeros: a product with no terms leaves the bias.
            var state = new MatrixOperand<float>(output + (long)before * h, s.Steps * h, 1);
            Gemm.Run(s.Batch, 3 * h, step == 0 ? 0 : h, state, new(weightHidden, h, 1), hidden, 3 * h, false,
                new GemmEpilogue<float>(null, biasHidden, false));
            for (var n = 0; n < s.Batch; n++)
            {
                var at = (long)n * s.Steps + time;
                float* x = gates + at * 3 * h, u = hidden + (long)n * 3 * h, saved = history + at * 4 * h;
                float* previous = output + ((long)n * s.Steps + before) * h, target = output + at * h;
                for (var i = 0; i < h; i++)
                {
                    var r = Sigmoid(x[i] + u[i]);
                    var z = Sigmoid(x[h + i] + u[h + i]);
                    var candidate = MathF.Tanh(x[2 * h + i] + r * u[2 * h + i]);
                    saved[i] = r;
                    saved[h + i] = z;
                    saved[2 * h + i] = candidate;
                    saved[3 * h + i] = u[2 * h + i];
                    target[i] = Tiny.Flush((1 - z) * candidate + (step == 0 ? 0 : z * previous[i]));
                }
            }
        }
    }

    /// <summary>Fills the gradients; the history is overwritten.</summary>
    public static void Gradient(
        SequenceSizes s, float* input, float* weightInput, float* weightHidden, float* output, float* history, float* gradOutput,
        float* gradInput, float* gradWeightInput, float* gradWeightHidden, float* gradBiasInput, float* gradBiasHidden)
    {
        var (rows, h) = (s.Batch * s.Steps, s.Units);
        using Scratch inputs = new((long)rows * 3 * h), hiddens = new((long)rows * 3 * h), states = new((long)s.Batch * h),
            befores = new((long)rows * h);

        // Gradients of the sums from the input [rows, 3H] and from the hidden state [rows, 3H], which differ only in n.
        float* fromInput = inputs.Floats, fromHidden = hiddens.Floats, state = states.Floats, before = befores.Floats;
        new Span<float>(state, s.Batch * h).Clear();
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            var time = s.Time(step);
            for (var n = 0; n < s.Batch; n++)
            {
                var at = (long)n * s.Steps + time;
                float* saved = history + at * 4 * h, x = fromInput + at * 3 * h, u = fromHidden + at * 3 * h, previous = before
                    + at * h;
                if (step == 0) new Span<float>(previous, h).Clear();
                else new Span<float>(output + ((long)n * s.Steps + s.Time(step - 1)) * h, h).CopyTo(new Span<float>(previous, h));
                for (var i = 0; i < h; i++)
                {
                    var (r, z, candidate) = (saved[i], saved[h + i], saved[2 * h + i]);
                    var g = Tiny.Flush(gradOutput[at * h + i] + state[n * h + i]);
                    var gradCandidate = Tiny.Flush(g * (1 - z) * (1 - candidate * candidate));
                    x[2 * h + i] = gradCandidate;
                    u[2 * h + i] = Tiny.Flush(gradCandidate * r);
                    x[i] = u[i] = Tiny.Flush(gradCandidate * saved[3 * h + i] * r * (1 - r));
                    x[h + i] = u[h + i] = Tiny.Flush(g * (previous[i] - candidate) * z * (1 - z));
                    state[n * h + i] = Tiny.Flush(g * z);
                }
            }

            Gemm.Run(s.Batch, h, 3 * h, new(fromHidden + (long)time * 3 * h, s.Steps * 3 * h, 1), new(weightHidden, 1, h), state,
                h, true);
        }

        Gemm.Run(3 * h, s.Features, rows, new(fromInput, 1, 3 * h), new(input, 1, s.Features), gradWeightInput, s.Features,
            false);
        Tiny.Flush(gradWeightInput, 3L * h * s.Features);
        Gemm.Run(3 * h, h, rows, new(fromHidden, 1, 3 * h), new(before, 1, h), gradWeightHidden, h, false);
        Tiny.Flush(gradWeightHidden, 3L * h * h);
        Reductions.Sum(fromInput, new Shape(rows, 3 * h), gradBiasInput, new Shape(1, 3 * h));
        Reductions.Sum(fromHidden, new Shape(rows, 3 * h), gradBiasHidden, new Shape(1, 3 * h));
        if (gradInput is null) return;
        Gemm.Run(rows, s.Features, 3 * h, new(fromInput, 3 * h, 1), new(weightInput, 1, s.Features), gradInput, s.Features,
            false);
        Tiny.Flush(gradInput, (long)rows * s.Features);
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
