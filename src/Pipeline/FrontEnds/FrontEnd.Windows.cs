using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>One window of a recording.</summary>
/// <param name="Audio">Its samples, at the front end's rate; valid while the recording is open.</param>
/// <param name="Start">Where it begins in the recording, in seconds.</param>
/// <param name="Features">Its features, one row.</param>
internal sealed record SongWindow(SampleSource Audio, double Start, FeatureRows Features);

// Other windows than those that the spec says, and single ones.
public sealed partial class FrontEnd
{
    // The most windows of one timeline: 3 hours every 0.11 s, 12 hours every 0.44 s.
    private const int MostTimelineWindows = 100_000;

    private int _mostWindows = int.MaxValue;

    // Takes the recordings that are shorter than a window; null: they are an error.
    private FrontEnd? _shorter;

    /// <summary>
    /// The same features of other windows: <paramref name="samples"/> long, one every <paramref name="hop"/> samples. If this is
    /// a front end of whole recordings, a recording shorter than a window is still taken whole.
    /// </summary>
    /// <exception cref="EngineException">
    /// The windows are too short for the features. Later, a recording has too many windows.
    /// </exception>
    internal FrontEnd Cut(int samples, int hop) =>
        new(Spec with { Segment = (double)samples / Spec.SampleRate, Hop = (double)hop / Spec.SampleRate })
        {
            _shorter = Spec.Segment is null ? this : null,
            _mostWindows = MostTimelineWindows,
        };

    /// <summary>The same features of whole recordings, however long; only without windows of one size.</summary>
    internal FrontEnd Whole() => Spec.Segment is null ? this : new(Spec with { Segment = null, Hop = null });

    /// <summary>
    /// The window whose middle is nearest to a time: one of those that the recipe cuts, or of whole recordings any.
    /// </summary>
    /// <param name="source">The recording.</param>
    /// <param name="at">The time in seconds; null: the middle of the recording.</param>
    /// <param name="name">Names the recording in errors.</param>
    /// <exception cref="EngineException">The recording is not usable, or has no such time.</exception>
    internal SongWindow ExtractAt(SampleSource source, double? at, string name)
    {
        var audio = Usable(source, name);
        var frontEnd = For(audio);
        var grid = frontEnd.Grid(audio, name);
        var seconds = at ?? audio.Seconds / 2;
        if (!(seconds >= 0 && seconds <= audio.Seconds))
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture,
                $"{name}: there is no window at {seconds} s; the recording ends at {audio.Seconds:0.##} s."));
        }

        // A recipe's own windows lie where it cuts them, others anywhere.
        var step = _shorter is null ? grid.Hop : 1;
        var nearest = Math.Round((seconds * Spec.SampleRate - grid.Length / 2.0) / step);
        var start = (long)Math.Clamp(nearest, 0, (audio.Length - grid.Length) / step) * step;
        var window = grid.From(start);
        return new(window, (double)start / Spec.SampleRate,
            frontEnd.ExtractRows(new(window, grid.Length, grid.Length, grid.OtherLengths), 0, 1, name));
    }

    /// <summary>The same of samples in memory.</summary>
    /// <exception cref="EngineException">The rate is out of range, or as in the other overload.</exception>
    internal SongWindow ExtractAt(ReadOnlySpan<float> samples, int sampleRate, double? at, string name = "audio") =>
        ExtractAt(SampleSource.Of(samples.ToArray(), Rate(sampleRate, name)), at, name);

    /// <summary>As the other overload, from a file; <paramref name="use"/> gets the window while the file is open.</summary>
    /// <exception cref="EngineException">The file cannot be read as audio, or as in the other overload.</exception>
    internal T ExtractAt<T>(string path, double? at, Func<SongWindow, T> use) => OfFile(path, () =>
    {
        using var stream = AudioInput.Open(path);
        using var audio = AudioFile.Open(stream, path, Spec.Rates);
        if (audio.Silence is { } silence) throw new EngineException($"{path}: {silence}");
        return use(ExtractAt(Rated(audio, a => a), at, path));
    });

    /// <summary>
    /// The one row of a window's samples, which are at the front end's rates and finite; unlike a recording, a window may be
    /// silent.
    /// </summary>
    /// <exception cref="EngineException">It has no usable features.</exception>
    internal FeatureRows ExtractWindow(SampleSource window, string name)
    {
        var length = (int)window.Length;
        var others = (window as RatedSource)?.Others.Select(o => (int)o.Length).ToArray();
        return ExtractRows(new(window, length, length, others), 0, 1, name);
    }

    private FrontEnd For(SampleSource audio) => _shorter is not null && audio.Length < Spec.SegmentSamples ? _shorter : this;

    private static T OfFile<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (AudioFormatException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(e.Message.StartsWith(path, StringComparison.Ordinal)
                ? e.Message : $"{path}: cannot be read: {e.Message}", e);
        }
    }

    [DoesNotReturn]
    private void ThrowMany(string name, long count) => throw new EngineException(string.Create(CultureInfo.InvariantCulture,
        $"{name}: a window every {Spec.Hop} s makes {count} of them; the most is {_mostWindows}. Use a longer hop."));
}
