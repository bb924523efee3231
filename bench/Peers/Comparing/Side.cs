using System.Diagnostics;

namespace Engine.Peers.Comparing;

/// <summary>A side did not answer, or answered with an error.</summary>
internal sealed class SideException(string message) : Exception(message);

/// <summary>One of the programs that are compared: a process that answers as <see cref="CaseServer"/> says.</summary>
internal sealed class Side : IDisposable
{
    // Threads that spin after their work are asleep by then.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(60);
    private const double SliceNanoseconds = 1.2e8;
    private const double SlowNanoseconds = 3e8;

    private readonly ProcessStartInfo _start;
    private readonly TimeSpan _patience;
    private Process? _process;

    /// <summary>Describes a side; its process starts with the first question.</summary>
    /// <param name="name">Its name in messages and results.</param>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="environment">Variables that it gets.</param>
    /// <param name="patience">How long an answer may take.</param>
    public Side(
        string name, IEnumerable<string> program, IEnumerable<KeyValuePair<string, string>> environment, TimeSpan patience)
    {
        (Name, _patience) = (name, patience);
        _start = new("dotnet", program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (variable, value) in environment) _start.Environment[variable] = value;
    }

    public string Name { get; }

    /// <summary>What it says about itself when it starts.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The answer to a question.</summary>
    /// <exception cref="SideException">There is none.</exception>
    public double Ask(string question)
    {
        var process = _process ??= Start();
        try
        {
            process.StandardInput.WriteLine(question);
        }
        catch (IOException)
        {
            Stop();
            throw new SideException($"{Name} ended before: {question}");
        }

        var answer = Read(process, question);
        return answer.StartsWith("error", StringComparison.Ordinal)
            ? throw new SideException($"{Name}: {question}: {answer}") : double.Parse(answer);
    }

    /// <summary>Frees the operands of the last case. A side that has ended starts anew with the next question.</summary>
    public void Drop()
    {
        if (_process is { HasExited: true }) Stop();
        if (_process is not null) Ask("drop");
    }

    /// <summary>Warms up; returns how many calls take a slice of time, and the fastest call so far in nanoseconds.</summary>
    public (int Calls, double Nanoseconds) Calibrate(string request)
    {
        Ask($"{request} 1");
        var best = Ask($"{request} 1");
        if (best > SlowNanoseconds) return (1, best);
        var (calls, start) = (1, Stopwatch.GetTimestamp());
        do
        {
            var took = Ask($"{request} {calls}");
            best = Math.Min(best, took / calls);
            calls = Math.Max(1, (int)Math.Min(4.0 * calls, SliceNanoseconds * calls / took));
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.25);
        return (calls, best);
    }

    /// <summary>Measures so many calls.</summary>
    public Sample Measure(string request, int calls)
    {
        Thread.Sleep(s_pause);
        var load = new ProcessorLoad(_process!.Id);
        var start = Stopwatch.GetTimestamp();
        var took = Ask($"{request} {calls}");
        return new(took / calls / 1e6, load.Disturbance(Stopwatch.GetElapsedTime(start).TotalSeconds));
    }

    public void Dispose() => Stop();

    private Process Start()
    {
        var process = _process = Process.Start(_start)!;
        Version = Read(process, "its version");
        return process;
    }

    private string Read(Process process, string question)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            var answer = process.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult();
            if (answer is not null) return answer;
            Stop();
            throw new SideException($"{Name} ended at: {question}");
        }
        catch (OperationCanceledException)
        {
            Stop();
            throw new SideException($"{Name}: {question}: no answer in {_patience.TotalSeconds} s");
        }
    }

    private void Stop()
    {
        if (_process is null) return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }
}
