using System.Buffers;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Varies the windows of one training example, in this order: circular shift in time; gain; noise; then a time mask and a
/// frequency mask filled with the channel's mean (SpecAugment, Park et al. 2019). All inputs of an example are shifted and masked
/// at the same relative positions, as they represent the same audio. Expects windows before scaling, in their own units.
/// Immutable and thread-safe; the same stream yields the same bits.
/// </summary>
internal sealed class Augmentation
{
    private readonly AugmentationSpec _spec;
    private readonly WindowSpec[] _windows;
    private readonly IReadOnlyList<IReadOnlyList<int>> _sizes;

    /// <summary>For the windows of a front end that has passed <c>WindowCheck</c>.</summary>
    public Augmentation(AugmentationSpec spec, FrontEnd frontEnd)
    {
        _spec = spec;
        _windows = [.. frontEnd.Spec.Features.Parts.OfType<WindowSpec>()];
        _sizes = frontEnd.WindowSizes;
    }

    /// <summary>
    /// Changes the windows, which come first among the <paramref name="inputs"/>; the other inputs are unchanged.
    /// </summary>
    public void Apply(IReadOnlyList<Memory<float>> inputs, RandomStream stream)
    {
        // Drawn even if unused, so switching one off does not affect the others.
        var (shift, gain) = (2 * stream.NextDouble() - 1, 2 * stream.NextDouble() - 1);
        var time = (Width: stream.NextDouble() * _spec.TimeMask, Place: stream.NextDouble());
        var bins = (Width: stream.NextDouble() * _spec.FrequencyMask, Place: stream.NextDouble());
        for (var i = 0; i < _windows.Length; i++)
        {
            var values = inputs[i].Span;
            var frames = _sizes[i][^1];
            if (_spec.Crop > 0) Move(values, frames, (int)Math.Round(shift * _spec.Crop * frames));
            if (_spec.GainDb > 0 && _windows[i].Gain(gain * _spec.GainDb) is { } level) Scale(values, level);
            if (_spec.Noise > 0) GaussianNoise.Add(values, (float)_spec.Noise, stream);
            if (_windows[i] is MelPicture) Clamp(values);
            Mask(values, _sizes[i], time, bins);
        }
    }

    private static void Move(Span<float> values, int frames, int shift)
    {
        shift = (shift % frames + frames) % frames;
        if (shift == 0) return;
        var copy = ArrayPool<float>.Shared.Rent(frames);
        for (var start = 0; start < values.Length; start += frames)
        {
            var row = values.Slice(start, frames);
            row.CopyTo(copy);
            copy.AsSpan(0, frames - shift).CopyTo(row[shift..]);
            copy.AsSpan(frames - shift, shift).CopyTo(row);
        }

        ArrayPool<float>.Shared.Return(copy);
    }

    private static void Scale(Span<float> values, (double Factor, double Offset) level)
    {
        var (factor, offset) = ((float)level.Factor, (float)level.Offset);
        foreach (ref var value in values) value = value * factor + offset;
    }

    private static void Clamp(Span<float> values)
    {
        foreach (ref var value in values) value = Math.Clamp(value, 0, 1);
    }

    private static void Mask(
        Span<float> values, IReadOnlyList<int> sizes, (double Width, double Place) time, (double Width, double Place) bins)
    {
        var (frames, rows) = (sizes[^1], sizes.Count > 2 ? sizes[1] : 1);
        var (start, length) = Part(frames, time);
        var (firstRow, maskedRows) = sizes.Count > 2 ? Part(rows, bins) : default;
        if (length == 0 && maskedRows == 0) return;
        for (var channel = 0; channel < sizes[0]; channel++)
        {
            var window = values.Slice(channel * rows * frames, rows * frames);
            var mean = Mean(window);
            for (var row = 0; row < rows; row++) window.Slice(row * frames + start, length).Fill(mean);
            window.Slice(firstRow * frames, maskedRows * frames).Fill(mean);
        }
    }

    private static (int Start, int Length) Part(int size, (double Width, double Place) mask)
    {
        var length = (int)Math.Round(mask.Width * size);
        return ((int)(mask.Place * (size - length + 1)), length);
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return (float)(sum / values.Length);
    }
}
