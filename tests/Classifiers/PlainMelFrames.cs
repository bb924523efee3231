using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The set <c>mel-frames</c> by its definition, in double precision: <c>[bands][frames]</c>.</summary>
internal static class PlainMelFrames
{
    public static double[][] Of(MelFrames spec, float[] samples, int rate)
    {
        float[] signal = spec.PreEmphasis == 0
            ? samples : [.. samples.Skip(1).Select((y, n) => (float)(y - spec.PreEmphasis * samples[n]))];
        var spectra = ReferenceStft.Forward(signal, new StftOptions
        {
            FftSize = spec.FftSize,
            HopLength = spec.HopLength,
            WindowLength = spec.WindowLength,
            Symmetric = spec.Symmetric,
            Center = spec.Center,
            PadMode = spec.PadMode,
        });
        var filters = Filters(spec, rate);
        var bands = filters.Select(f => spectra
            .Select(s => s.Select((z, k) => f[k] * (spec.Power == 2 ? z.Power : Math.Sqrt(z.Power))).Sum()).ToArray()).ToArray();
        var logs = Logs(spec, bands);
        return [.. logs.Select(row => row.Select(v => (v - spec.Mean) / (spec.Deviation ?? 1)).ToArray())];
    }

    private static double[][] Logs(MelFrames spec, double[][] bands)
    {
        var floor = spec.Power == 2 ? 1e-10 : 1e-5;
        if (spec.Log == LogScale.Db)
        {
            var power = spec.Power == 2 ? bands : [.. bands.Select(row => row.Select(v => v * v).ToArray())];
            return WindowSets.ToDecibels(power, spec.Reference == DecibelReference.Max ? power.Max(r => r.Max()) : 1,
                spec.TopDecibels!.Value);
        }

        return [.. bands.Select(row => row.Select(v => spec.Log switch
        {
            LogScale.None => v,
            LogScale.Ln => Math.Log(Argument(v)),
            _ => Math.Log10(Argument(v)),
        }).ToArray())];

        double Argument(double v) =>
            spec.LogOffset is { } offset ? (spec.LogFactor ?? 1) * v + offset : Math.Max(v, floor);
    }

    private static double[][] Filters(MelFrames spec, int rate)
    {
        var edges = Mel.Frequencies(spec.Bands + 2, spec.MinFrequency, spec.MaxFrequency ?? rate / 2.0, Scale(spec));
        return [.. Enumerable.Range(0, spec.Bands).Select(b =>
        {
            var weight = spec.Norm == MelNorm.Slaney ? 2 / (edges[b + 2] - edges[b]) : 1;
            var (low, peak, high) = (Place(edges[b]), Place(edges[b + 1]), Place(edges[b + 2]));
            return Enumerable.Range(0, spec.FftSize / 2 + 1).Select(k =>
            {
                var place = Place((double)k * rate / spec.FftSize);
                return place <= low || place >= high ? 0
                    : weight * (place < peak ? (place - low) / (peak - low) : (high - place) / (high - peak));
            }).ToArray();
        })];

        double Place(double hertz) => spec.Triangles == TriangleAxis.Hertz ? hertz : Mel.FromHertz(hertz, Scale(spec));
    }

    private static MelScale Scale(MelFrames spec) => spec.Htk ? MelScale.Htk : MelScale.Slaney;
}
