namespace Engine.Tensors.Gpu;

/// <summary>
/// One axis of an input gradient. Input elements <see cref="First"/>, <see cref="First"/> + stride, … (<see cref="Count"/> of
/// them) meet the same taps
/// of the kernel: <see cref="FirstTap"/>, <see cref="FirstTap"/> + <see cref="TapStep"/>, … (<see cref="Taps"/>). Element i of
/// them meets tap j at output
/// i + <see cref="Output"/> - j·<see cref="OutputStep"/>, so that each phase is a convolution without a stride and no tap is
/// tried in vain.
/// </summary>
internal readonly record struct ConvPhase(int First, int Count, int FirstTap, int Taps, int TapStep, int Output, int OutputStep)
{
    /// <summary>The phases of an axis of <paramref name="size"/> elements.</summary>
    public static IEnumerable<ConvPhase> Of(int size, int kernel, int stride, int padding, int dilation)
    {
        // Input element p and tap t meet at an output if p + padding - t·dilation is a multiple of the stride: for one
        // tap of every stride/g in a row, or none.
        var divisor = GreatestCommonDivisor(dilation, stride);
        var step = stride / divisor;
        for (var first = 0; first < Math.Min(size, stride); first++)
        {
            var tap = 0;
            while (tap < step && (first + padding - (long)tap * dilation) % stride != 0) tap++;
            var taps = tap == step || tap >= kernel ? 0 : (kernel - 1 - tap) / step + 1;
            yield return new(
                first, (size - 1 - first) / stride + 1, tap, taps, step,
                taps == 0 ? 0 : (int)((first + padding - (long)tap * dilation) / stride), dilation / divisor);
        }
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
