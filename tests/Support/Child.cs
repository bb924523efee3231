using System.Diagnostics;
using Engine.Cli;
using Engine.Tests.Cli;

namespace Engine.Tests.Support;

/// <summary>
/// A process that a test starts. It never outlives its deadline: waiting for it or for a line of it then kills it and fails the
/// test with what it has written.
/// </summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly List<string> _lines = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly string _command;
    private Task<string?> _line;

    private Child(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _line = _process.StandardError.ReadLineAsync();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program.</summary>
    public static Child Start(ProcessStartInfo start) => new(start);

    /// <summary>Starts the built program, its cache in a folder of the test's.</summary>
    public static Child Engine(TemporaryFolder folder, params string[] arguments) =>
        Start(Prepare(folder, "dotnet", [typeof(CommandLine).Assembly.Location, .. arguments]));

    /// <summary>The same by way of a shell, which first runs <paramref name="before"/> and then becomes the program.</summary>
    public static Child EngineAfter(TemporaryFolder folder, string before, params string[] arguments) =>
        Start(Prepare(folder, "/bin/sh",
            ["-c", before + " exec dotnet \"$0\" \"$@\"", typeof(CommandLine).Assembly.Location, .. arguments]));

    /// <summary>The next line that it writes to standard error; null if it ended.</summary>
    public string? NextLine()
    {
        var line = Within(_line);
        if (line is null) return null;
        _lines.Add(line);
        _line = _process.StandardError.ReadLineAsync();
        return line;
    }

    /// <summary>Sends it a signal, such as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit(s_deadline);
    }

    /// <summary>Kills it and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        Within(_process.WaitForExitAsync());
    }

    /// <summary>Waits for its end.</summary>
    public EngineRun End()
    {
        while (NextLine() is not null) continue;
        Within(_process.WaitForExitAsync());
        return new(_process.ExitCode, Within(_output), string.Concat(_lines.Select(l => l + "\n")));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static ProcessStartInfo Prepare(TemporaryFolder folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.Path };
        start.Environment["ENGINE_CACHE"] = folder["cache"];
        return start;
    }

    private T Within<T>(Task<T> task)
    {
        Within((Task)task);
        return task.Result;
    }

    private void Within(Task task)
    {
        var left = s_deadline - _clock.Elapsed;
        if (task.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero)) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        Assert.Fail($"{_command} did not end within {s_deadline.TotalMinutes} minutes; it wrote:\n{string.Join('\n', _lines)}");
    }
}
