using Engine.Dsp.Audio;
using Engine.Plots.Figures;
using Engine.Plots.Output;

namespace Engine.Cli;

/// <summary>Where a picture goes: a file, or a terminal that shows pictures.</summary>
internal sealed class PlotTarget
{
    private const int LongestStem = 80;

    private readonly Session _session;
    private readonly string? _file;
    private readonly TerminalPicture? _terminal;

    private PlotTarget(Session session, string? file, TerminalPicture? terminal) =>
        (_session, _file, _terminal) = (session, file, terminal);

    /// <summary>The place that the command line names, or the best there is; checked before the work.</summary>
    /// <param name="session">The output.</param>
    /// <param name="file">The file named by --out, or null.</param>
    /// <param name="paths">What is drawn.</param>
    /// <param name="kinds">The kinds of picture.</param>
    /// <param name="force">Whether the file may exist.</param>
    /// <exception cref="CommandLineException">The file exists, or is a folder.</exception>
    /// <exception cref="Classifiers.EngineException">The file cannot be written.</exception>
    public static PlotTarget Of(
        Session session, string? file, IReadOnlyList<string> paths, IReadOnlyList<string> kinds, bool force)
    {
        if (file is null && session.OutputIsTerminal
            && TerminalPicture.Detect(Environment.GetEnvironmentVariable) is { } terminal && SvgConverter.IsInstalled)
        {
            return new(session, null, terminal);
        }

        file ??= NameOf(paths, kinds);
        PictureFile.RequireKind(file);
        OutputFile.Check(file, force);
        return new(session, file, null);
    }

    /// <summary>Writes the file and prints its name, or shows the picture.</summary>
    /// <exception cref="Classifiers.EngineException">It cannot be written.</exception>
    public void Put(Figure figure)
    {
        if (_terminal is not null)
        {
            _session.WritePicture(_terminal.Encode(PictureFile.ToPng(figure)));
            return;
        }

        PictureFile.Write(_file!, figure);
        _session.Output.WriteLine(_file);
    }

    /// <summary>"song.wave-mel.svg", in the current folder.</summary>
    internal static string NameOf(IReadOnlyList<string> paths, IReadOnlyList<string> kinds)
    {
        var stems = paths.Select(p => p == AudioInput.StandardInput
            ? "stdin" : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(p))));
        var stem = string.Join('-', stems);
        if (stem.Length > LongestStem) stem = stem[..(char.IsHighSurrogate(stem[LongestStem - 1]) ? LongestStem - 1 : LongestStem)];
        return $"{stem}.{string.Join('-', kinds)}.svg";
    }
}
