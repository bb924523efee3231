using System.Text.RegularExpressions;

namespace Engine.Tensors.Gpu;

/// <summary>Makes the error of a kernel that does not compile.</summary>
internal static partial class CompilerLog
{
    /// <summary>
    /// The compiler's first line that says "error", which names our file and line, and how many more there are.
    /// </summary>
    public static DeviceException Error(GpuDeviceInfo device, KernelSource source, string status, string log)
    {
        var errors = log.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) && !Total().IsMatch(line)).ToArray();
        var first = errors.Length > 0 ? errors[0] : log.Trim() is { Length: > 0 } text ? text : "the compiler gave no reason";
        var more = errors.Length > 1 ? $" (and {errors.Length - 1} more)" : "";
        return new DeviceException(
            $"{device.Name}: {source.Family}.cl does not compile for {device.Model}: {status}.\n{first}{more}");
    }

    // "1 error generated.", "2 errors detected in the compilation of ..."
    [GeneratedRegex(@"^\d+ (error|warning)s?\b")]
    private static partial Regex Total();
}
