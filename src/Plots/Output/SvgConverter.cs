using System.Diagnostics;
using System.Globalization;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Tensors.Serialization;

namespace Engine.Plots.Output;

/// <summary>
/// An installed program that draws SVG as PNG, as ffmpeg decodes what Engine does not: drawing text needs fonts, and the right
/// shapes for Arabic or Devanagari, which the system has and a program of one file does not.
/// </summary>
internal sealed class SvgConverter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    // Each reads SVG from standard input and writes PNG to standard output.
    private static readonly (string Program, Func<int, int, string[]> Arguments)[] s_known =
    [
        ("rsvg-convert", (w, h) => ["--format=png", $"--width={Text(w)}", $"--height={Text(h)}"]),
        ("resvg", (w, h) => ["--width", Text(w), "--height", Text(h), "-", "-c"]),
        ("inkscape", (w, h) => ["--pipe", "--export-type=png", $"--export-width={Text(w)}", "--export-filename=-"]),
    ];

    private readonly string _program;
    private readonly Func<int, int, string[]> _arguments;

    private SvgConverter(string program, Func<int, int, string[]> arguments) => (_program, _arguments) = (program, arguments);

    /// <summary>Whether a known program is on the PATH.</summary>
    public static bool IsInstalled => Find(Environment.GetEnvironmentVariable("PATH")) is not null;

    /// <summary>The first known program on the PATH.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static SvgConverter Find() => Find(Environment.GetEnvironmentVariable("PATH")) ?? throw new EngineException(
        "PNG needs rsvg-convert, resvg or inkscape, and none is installed (Debian: librsvg2-bin, macOS: brew install librsvg); "
            + "or name a file ending in .svg.");

    /// <summary>The first known program in one of the folders of <paramref name="searchPath"/>, or null.</summary>
    internal static SvgConverter? Find(string? searchPath)
    {
        foreach (var (program, arguments) in s_known)
        {
            if (Programs.Find(program, searchPath) is { } found) return new(found, arguments);
        }

        return null;
    }

    /// <summary>Draws a document.</summary>
    /// <exception cref="EngineException">The program cannot be run, fails, or does not end.</exception>
    public byte[] ToPng(string svg, int width, int height)
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in _arguments(width, height)) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            using var png = new MemoryStream();
            var output = process.StandardOutput.BaseStream.CopyToAsync(png);
            var errors = process.StandardError.ReadToEndAsync();
            var input = Feed(process, svg);
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                throw new EngineException($"{_program}: did not draw the picture within a minute; name a file ending in .svg.");
            }

            Task.WaitAll(input, output, errors);
            if (process.ExitCode == 0 && png.Length > 0) return png.ToArray();
            throw new EngineException($"{_program}: failed to draw the picture: {Excerpt.Of(errors.Result.Trim())}");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new EngineException($"{_program}: cannot be run: {e.Message}", e);
        }
    }

    // A program that fails closes its input early; its exit code and message tell more than the broken pipe.
    private static async Task Feed(Process process, string svg)
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.UTF8.GetBytes(svg)).ConfigureAwait(false);
        }
        catch (IOException)
        {
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
