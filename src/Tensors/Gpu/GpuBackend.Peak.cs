using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private const int PeakTrials = 5;
    private const double PeakSeconds = 0.02;

    /// <summary>Multiply-adds on registers alone, in operations a second.</summary>
    public double PeakFlops()
    {
        var groups = GroupsOfUnit * Info.ComputeUnits;
        using var result = Scratch(groups * Items);
        var rounds = 8 * MultiplyAdds.RoundsOfPass;
        double seconds = Run(rounds); // compiles
        while ((seconds = Run(rounds)) < PeakSeconds && rounds < 1 << 24) rounds *= 2;
        for (var trial = 1; trial < PeakTrials; trial++) seconds = Math.Min(seconds, Run(rounds));
        return 2.0 * MultiplyAdds.Chains * rounds * groups * Items / seconds;

        double Run(int count) =>
            Measure(() => Launch(new GpuGrid(groups), new MultiplyAdds { Rounds = count, Result = Floats(result) }));
    }

    /// <summary>Copies within the device's memory, in bytes read and written a second.</summary>
    public double PeakBytes()
    {
        var count = (int)Math.Min(64L << 20, Info.MemoryBytes / 32);
        using var source = Scratch(count);
        using var target = Scratch(count);
        Fill(source, 1);
        Copy(source, target);
        var seconds = double.PositiveInfinity;
        for (var trial = 0; trial < PeakTrials; trial++) seconds = Math.Min(seconds, Measure(() => Copy(source, target)));
        return 2.0 * sizeof(float) * count / seconds;
    }
}
