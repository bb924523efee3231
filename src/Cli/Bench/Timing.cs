using System.Diagnostics;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long something takes, once it is warm.</summary>
/// <param name="Seconds">Median over the repetitions of one call.</param>
/// <param name="Spread">Distance between the quartiles as a share of the median; 0 for fewer than four repetitions.</param>
/// <param name="Samples">How many repetitions there were.</param>
internal readonly record struct Timing(double Seconds, double Spread, int Samples)
{
    private const int MostSamples = 101;

    // The runtime compiles what is called often anew, after thirty calls and a tenth of a second in which nothing new is called.
    private const double WarmUp = 0.25;

    // Long enough that reading the clock and waiting for the device cost nothing beside it.
    private const double LeastSample = 2e-3;

    /// <summary>
    /// Calls <paramref name="work"/> for a quarter of a second to warm up, then for about <paramref name="seconds"/>, at least
    /// once; waits for the device at the end of each repetition, which is several calls if they are short.
    /// </summary>
    public static Timing Of(Device device, double seconds, Action work, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        double once;
        do
        {
            cancel.ThrowIfCancellationRequested();
            once = Sample(1);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUp);
        var calls = (int)Math.Clamp(LeastSample / Math.Max(once, 1e-7), 1, 10_000);
        var samples = new List<double>();
        start = Stopwatch.GetTimestamp();
        do
        {
            cancel.ThrowIfCancellationRequested();
            samples.Add(Sample(calls) / calls);
        }
        while (samples.Count < MostSamples && Stopwatch.GetElapsedTime(start).TotalSeconds + samples[^1] * calls < seconds);
        samples.Sort();
        var median = samples[samples.Count / 2];
        var spread = samples.Count < 4 ? 0 : (samples[3 * samples.Count / 4] - samples[samples.Count / 4]) / median;
        return new(median, spread, samples.Count);

        double Sample(int count)
        {
            var begin = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++) work();
            device.Backend.Wait();
            return Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }
}
