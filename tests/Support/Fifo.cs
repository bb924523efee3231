using System.Diagnostics;

namespace Engine.Tests.Support;

/// <summary>Makes FIFOs: whoever opens one waits until somebody writes.</summary>
internal static class Fifo
{
    public static string Make(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, process.ExitCode);
        return path;
    }
}
