using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads <c>ffmpeg</c>'s standard error line by line for the declared length and complaints. However much arrives, it keeps
/// only a handful of lines of limited length.
/// </summary>
internal sealed partial class FfmpegLog
{
    private const int LongestLine = 300;

    private readonly Lock _lock = new();
    private readonly List<byte> _line = [];
    private string? _last, _complaint;
    private bool _estimated, _hasPicture, _inputEnds;

    /// <summary>Set once the line with the length has arrived.</summary>
    public ManualResetEventSlim LengthRead { get; } = new();

    /// <summary>Complaints of decoders and containers.</summary>
    public int Complaints { get; private set; }

    /// <summary>Called at each complaint.</summary>
    public Action? OnComplaint { get; init; }

    /// <summary>The length in seconds that the file declares, to 10 ms; null if it declares none, or if it may be that of the
    /// video.</summary>
    public double? Seconds
    {
        get
        {
            lock (_lock) return _estimated || _hasPicture ? null : field;
        }

        private set;
    }

    /// <summary>The most telling line: the last complaint, else the last line above information level.</summary>
    public string? Said
    {
        get
        {
            lock (_lock) return _complaint ?? _last;
        }
    }

    /// <summary>Whether the file has no audio.</summary>
    public bool HasNoAudio { get; private set; }

    /// <summary>The demuxer that the content needs but that is not allowed, or null.</summary>
    public string? Forbidden { get; private set; }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is (byte)'\n' or (byte)'\r') EndLine();
            else if (_line.Count < LongestLine) _line.Add(value < 0x20 || value == 0x7F ? (byte)'?' : value);
        }
    }

    /// <summary>Adds the last line, which has no line end.</summary>
    public void EndLine()
    {
        if (_line.Count == 0) return;
        var text = Encoding.UTF8.GetString([.. _line]);
        _line.Clear();
        var complained = false;
        lock (_lock) complained = Take(text);
        if (complained) OnComplaint?.Invoke();
    }

    /// <summary>Whether the line is a complaint.</summary>
    private bool Take(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return false;
        var match = Line().Match(text);
        if (!match.Success)
        {
            if (!HasNoAudio) _last = text.Trim(); // explanations of ffmpeg's options follow
            return false;
        }

        var (component, level, said) = (match.Groups["component"].Value, match.Groups["level"].Value, match.Groups["text"].Value);
        if (level is not ("error" or "fatal" or "panic"))
        {
            if (level == "info") TakeInformation(said);
            if (level == "warning" && said.StartsWith("Estimating duration", StringComparison.Ordinal)) _estimated = true;
            return false;
        }

        // ffmpeg asks for the size of its input, which a pipe does not have.
        if (component == "cache") return false;
        said = said.Replace("cache:pipe:0: ", "", StringComparison.Ordinal).Trim();
        if (said.StartsWith("Format not on whitelist", StringComparison.Ordinal)) Forbidden = component;
        HasNoAudio |= said.Contains("matches no streams", StringComparison.Ordinal);
        _last = said;
        if (component.Length == 0 || General().IsMatch(said)) return false;
        _complaint = _last;
        Complaints++;
        return true;
    }

    private void TakeInformation(string said)
    {
        _inputEnds |= said.StartsWith("Stream mapping:", StringComparison.Ordinal)
            || said.StartsWith("Output #", StringComparison.Ordinal);
        if (_inputEnds) return;
        if (said.StartsWith("  Duration: ", StringComparison.Ordinal))
        {
            if (Length().Match(said) is { Success: true } time)
            {
                Seconds = Number(time.Groups[1]) * 3600 + Number(time.Groups[2]) * 60 + Number(time.Groups[3]);
            }

            LengthRead.Set();
        }
        else if (said.StartsWith("  Stream #", StringComparison.Ordinal) && said.Contains(": Video: ", StringComparison.Ordinal))
        {
            _hasPicture |= !said.Contains("(attached pic)", StringComparison.Ordinal);
        }
    }

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:\[(?<component>[^\]@]*?)(?: @ [^\]]*)?\] )?\[(?<level>panic|fatal|error|warning|info)\] (?<text>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^  Duration: (\d+):(\d\d):(\d\d\.\d+)")]
    private static partial Regex Length();

    /// <summary>Newer versions repeat a complaint under a component's name.</summary>
    [GeneratedRegex("^(?:Error opening|Error submitting|Decoding error|Task finished|Terminating|Conversion failed|Nothing "
        + "was written)")]
    private static partial Regex General();
}
