using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The front ends of published networks against NumPy and against what the networks themselves were given.</summary>
public class PretrainedFrontEndTests
{
    // Computed by definition with NumPy 1.24 in float64 (numpy.fft.rfft, filters as matrices): frames by bands.
    private static readonly int[] s_bands128 = [0, 3, 20, 45, 64, 90, 110, 127], s_bands96 = [0, 3, 20, 45, 64, 80, 90, 95];

    [Fact]
    public void Efficientat_MatchesNumpy() => Check(PretrainedFrontEnds.Efficientat, 32000, 6400, [1, 128, 20], s_bands128,
        new()
        {
            [0] = [0.2519652, 0.5082754, 0.1418599, 0.5201591, 0.1177604, 0.2726124, 0.7538939, 0.9750595],
            [9] = [-1.232485, -0.9919475, -0.1665299, 0.4817909, 0.1378832, 0.5773535, 0.7960765, 1.03566],
            [19] = [-1.061416, -1.04145, -0.07312185, 0.4783778, 0.007906564, 0.5098401, 0.831225, 1.016089],
        }, 1e-4);

    [Fact]
    public void Musicnn_MatchesNumpy() => Check(PretrainedFrontEnds.Musicnn, 16000, 3200, [1, 96, 13], s_bands96,
        new()
        {
            [0] = [3.861054, 4.120257, 3.346423, 2.306849, 0.6746418, 1.190199, 0.6631868, 0.4417579],
            [6] = [0.557687, 0.8060721, 1.195098, 0.5455467, 1.102961, 0.7025334, 0.8766949, 1.052398],
            [12] = [3.035299, 3.424458, 3.016057, 1.819279, 1.163576, 0.9884525, 1.021551, 0.9516866],
        }, 1e-5);

    [Fact]
    public void Choi_MatchesNumpy() => Check(PretrainedFrontEnds.Choi, 12000, 3600, [1, 96, 15], s_bands96,
        new()
        {
            [0] = [-19.04917, -16.85868, -12.61145, -16.43299, -47.25353, -48.34866, -43.6161, -50.04388],
            [7] = [-53.43393, -49.17634, -15.12796, -16.46516, -43.37153, -48.61149, -47.36384, -44.86119],
            [14] = [-41.01471, -26.45093, -14.39208, -18.24822, -41.60796, -43.41289, -46.67097, -44.80261],
        }, 1e-3);

    [PretrainedFact]
    public void Efficientat_Reference_IsMet() =>
        CheckReference("efficientat-mn04-as", PretrainedFrontEnds.Efficientat, 32000, 2e-5);

    // The network's own front end rounds the power to half precision, by up to 2⁻¹¹ of it: log10(1 + 2⁻¹¹) is 2.12e-4.
    [PretrainedFact]
    public void Musicnn_Reference_IsMetWithinHalfPrecision() =>
        CheckReference("musicnn-msd", PretrainedFrontEnds.Musicnn, 16000, 2.2e-4);

    [PretrainedFact]
    public void Choi_Reference_IsMet() => CheckReference("choi2017-compact-cnn", PretrainedFrontEnds.Choi, 12000, 5e-4);

    private static void Check(
        string features, int rate, int samples, int[] sizes, int[] bands, Dictionary<int, double[]> frames, double budget)
    {
        var window = PretrainedFrontEnds.Extract(features, rate, PretrainedFrontEnds.Signal(rate, samples));
        Assert.Equal(sizes, window.Sizes);
        foreach (var (frame, expected) in frames)
        {
            Close.Assert(expected, bands.Select(b => (double)window.Values[b * sizes[2] + frame]).ToArray(), budget,
                what: $"frame {frame}");
        }
    }

    // Networks may take fewer frames than the signal has.
    private static void CheckReference(string name, string features, int rate, double budget)
    {
        var stored = SafetensorsFile.Read(Path.Combine(PretrainedFactAttribute.Folder, $"{name}.reference.safetensors")).Tensors;
        var (samples, expected) = ((float[])stored["samples"].Data, stored["spectrogram"]);
        Close.Assert(samples, PretrainedFrontEnds.Signal(rate, samples.Length), 1e-7);
        var window = PretrainedFrontEnds.Extract(features, rate, samples);
        var (bands, frames, wanted) = (window.Sizes[1], window.Sizes[2], expected.Shape[^1]);
        Assert.Equal(bands, expected.Shape[^2]);
        var actual = Enumerable.Range(0, bands).SelectMany(b => window.Values.AsSpan(b * frames, wanted).ToArray()).ToArray();
        var values = (float[])expected.Data;
        var worst = values.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Close.Assert(values, actual, budget, what: $"{name}, largest difference {worst:G3}");
    }
}
