using System.Runtime.InteropServices;

namespace Engine.Tensors.Cpu;

/// <summary>
/// The maker's name for the processor, where the system provides it without a native library; otherwise its architecture.
/// </summary>
internal static class ProcessorName
{
    private const string LinuxFile = "/proc/cpuinfo", LinuxKey = "model name";

    /// <summary>The name.</summary>
    public static string Value { get; } = OfLinux() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? $"{RuntimeInformation.ProcessArchitecture} processor";

    private static string? OfLinux()
    {
        try
        {
            return File.Exists(LinuxFile)
                ? File.ReadLines(LinuxFile)
                    .FirstOrDefault(l => l.StartsWith(LinuxKey, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
