namespace Engine.Peers.Comparing;

/// <summary>Tells from Linux' counters what others did while one process was measured.</summary>
internal sealed class ProcessorLoad
{
    private const double TicksPerSecond = 100;
    // The counters move in ticks, so that up to two and a half of them are not a sign of others.
    private const double Blur = 2.5 / TicksPerSecond;

    private readonly int _process;
    private readonly double _busy;
    private readonly double _own;
    private readonly double _waited;

    /// <summary>Begins to watch.</summary>
    public ProcessorLoad(int process)
    {
        _process = process;
        (_busy, _own, _waited) = (Busy(), Own(process), Waited(process));
    }

    /// <summary>
    /// The share of the last <paramref name="seconds"/> during which others used a processor, or the process waited for one,
    /// whichever is more.
    /// </summary>
    public double Disturbance(double seconds)
    {
        var others = Busy() - _busy - (Own(_process) - _own) - Blur;
        var waited = Waited(_process) - _waited;
        return Math.Max(0, Math.Max(others, waited)) / seconds;
    }

    // Seconds that all processors worked: user, nice, system, interrupts.
    private static double Busy()
    {
        var numbers = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        int[] working = [0, 1, 2, 5, 6];
        return working.Sum(i => double.Parse(numbers[i])) / TicksPerSecond;
    }

    private static double Own(int process) => Worked(process) + Worked(Environment.ProcessId);

    // The third field follows the name, which is in brackets and may hold anything; times are the 14th and 15th.
    private static double Worked(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond;
    }

    // Seconds that the threads were ready and had no processor.
    private static double Waited(int process)
    {
        var total = 0.0;
        foreach (var task in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                total += double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[1]);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return total / 1e9;
    }
}
