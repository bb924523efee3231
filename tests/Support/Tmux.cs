using System.Diagnostics;
using Engine.Cli;

namespace Engine.Tests.Support;

/// <summary>The built program in real terminals: sessions of a tmux server of the test's own.</summary>
internal sealed class Tmux(TemporaryFolder folder) : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    /// <summary>Whether there is one on the PATH.</summary>
    public static bool IsThere { get; } = !OperatingSystem.IsWindows() && (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Any(path => File.Exists(Path.Combine(path, "tmux")));

    /// <summary>Starts a shell command in a terminal, in which <c>engine</c> is the program.</summary>
    public void Start(string session, int columns, string command)
    {
        var script = folder[session + ".sh"];
        File.WriteAllText(script, $$"""
            engine() { dotnet '{{typeof(CommandLine).Assembly.Location}}' "$@"; }
            export ENGINE_CACHE='{{folder["cache"]}}'
            unset NO_COLOR COLUMNS
            # Ctrl-C stops the program, not this script.
            trap : INT
            {{command}}
            echo "code $?"
            cat
            """);
        Run("new-session", "-d", "-s", session, "-x", $"{columns}", "-y", "100", $"sh '{script}'");
    }

    /// <summary>What stands in the terminal; with <paramref name="joined"/>, a line that the terminal wrapped is one.</summary>
    public string Shown(string session, bool colors = false, bool joined = false) =>
        Run(["capture-pane", "-p", "-S", "-", "-t", session, .. colors ? ["-e"] : Array.Empty<string>(),
            .. joined ? ["-J"] : Array.Empty<string>()]).TrimEnd();

    /// <summary>Waits until what stands there is as wanted, and returns it.</summary>
    public string Wait(string session, Func<string, bool> wanted)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var shown = Shown(session);
            if (wanted(shown)) return shown;
            Assert.True(clock.Elapsed < s_deadline, $"after {s_deadline} the terminal shows\n{shown}");
            Thread.Sleep(50);
        }
    }

    /// <summary>Presses keys, such as <c>C-c</c>.</summary>
    public void Press(string session, string keys) => Run("send-keys", "-t", session, keys);

    /// <summary>Whether the cursor is visible.</summary>
    public bool HasCursor(string session) => Run("display-message", "-p", "-t", session, "#{cursor_flag}").Trim() == "1";

    public void Dispose() => Run("kill-server");

    private string Run(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("tmux", ["-u", "-f", "/dev/null", "-S", folder["tmux"], .. arguments])
            {
                RedirectStandardOutput = true,
            })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}

/// <summary>A test in a real terminal; skipped, visibly, where there is no tmux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmuxFactAttribute : FactAttribute
{
    public TmuxFactAttribute() => Skip = Tmux.IsThere ? null : "tmux is not on the PATH.";
}
