using System.Diagnostics;
using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Dsp.Fft;
using Engine.Tensors.Cpu;

namespace Engine.Peers;

/// <summary>
/// Our side of <c>bench/Peers/fft.py</c>: answers each line <c>case size frames calls</c> with the nanoseconds that so
/// many calls took, so that one script can take turns between us and the peers.
/// </summary>
internal static class FftPeer
{
    private static readonly Dictionary<string, Action> s_cases = [];

    /// <summary>Serves until standard input ends.</summary>
    public static int Run()
    {
        // As all peers of fft.py.
        WorkerPool.Threads = 1;
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {TensorPeer.WidestVector()}-bit vectors");
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var (kind, size, frames, calls) = (words[0], int.Parse(words[1]), int.Parse(words[2]), int.Parse(words[3]));
            var name = $"{kind} {size} {frames}";
            if (!s_cases.TryGetValue(name, out var call)) s_cases[name] = call = Prepare(kind, size, frames);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) call();
            Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return 0;
    }

    private static Action Prepare(string kind, int size, int frames)
    {
        var random = new Random(1);
        var signal = new float[size * frames];
        foreach (ref var v in signal.AsSpan()) v = random.NextSingle() - 0.5f;
        var stft = new Stft(new StftOptions());
        if (kind == "stft") return () => stft.Forward(signal);
        if (kind == "stft-into")
        {
            var result = stft.Forward(signal);
            return () => stft.Forward(signal, result);
        }

        var plan = new RealFft<float>(size);
        var spectrum = new Complex<float>[plan.Bins * frames];
        plan.Forward(signal, spectrum);
        return kind switch
        {
            "rfft" => () => plan.Forward(signal, spectrum),
            "irfft" => () => plan.Inverse(spectrum, signal),
            _ => throw new ArgumentException($"peers: no case is called '{kind}'."),
        };
    }
}
