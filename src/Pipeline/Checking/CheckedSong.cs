using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Tags;
using Engine.Pipeline.Data;
using Engine.Pipeline.Data.Files;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Checking;

/// <summary>A recording that was measured.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Measures">What was measured; null if it could not be read.</param>
/// <param name="Error">Why it could not be read.</param>
internal sealed record CheckedSong(Recording Recording, SoundMeasures? Measures, string? Error)
{
    // −60 dB: hiss without music. Quiet classical recordings lie around −40 dB.
    private const double Quiet = 1e-3;

    // −10 dB. Independent channels, the widest stereo that is meant, have −3 dB.
    private const double OutOfPhase = 0.1;

    /// <summary>Its artists, of the manifest or its tags.</summary>
    public string? Artist { get; private init; }

    /// <summary>Whether it has sound that counts, so that more can be said about it.</summary>
    public bool IsSound => Measures is not null && !IsSilent && !IsOutOfPhase;

    /// <summary>Whether a training can use it.</summary>
    public bool IsUsable => Measures is { Silence: null };

    /// <summary>Whether no music is heard.</summary>
    public bool IsSilent => Measures is { MeanShare: null } || (Measures is { } m && m.Level < Quiet && !IsOutOfPhase);

    /// <summary>Whether its channels cancel each other out.</summary>
    public bool IsOutOfPhase => Measures is { MeanShare: < OutOfPhase };

    /// <summary>Reads and measures a recording; whatever is wrong with it becomes its error.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CheckedSong Of(Recording recording, WorkOptions options)
    {
        try
        {
            FileNames.Require(recording.FullPath);
            if (!Path.Exists(recording.FullPath)) return new(recording, null, "there is no such file");
            var measures = AudioFile.Measure(recording.FullPath, options.MaxHours * 3600, options.Cancellation);
            return new(recording, measures, null) { Artist = recording.Artist ?? TagOf(recording.FullPath) };
        }
        catch (OutOfMemoryException e)
        {
            return Unreadable(recording, FeatureExtraction.NoMemory(recording.FullPath, e).Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var isFault = e is not (EngineException or IOException or UnauthorizedAccessException or FileKindException);
            return Unreadable(recording,
                e.Message + (isFault ? $" ({e.GetType().Name}, a fault in engine that this file triggers)" : ""));
        }
    }

    private static CheckedSong Unreadable(Recording recording, string message)
    {
        var name = recording.FullPath + ": ";
        return new(recording, null, message.StartsWith(name, StringComparison.Ordinal) ? message[name.Length..] : message);
    }

    // The artist is a help, not needed.
    private static string? TagOf(string path)
    {
        try
        {
            var tags = SongFile.Read(path).Tags;
            return tags.Artists.Count > 0 ? string.Join(';', tags.Artists) : tags.AlbumArtist;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileKindException or EngineException)
        {
            return null;
        }
    }
}
