using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Dsp.Audio;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Fitting;

// Rows of examples that a program has in memory.
internal sealed partial class LabelledRows
{
    private const string Examples = "examples";

    /// <summary>The rows of examples: the same as those of a folder or table that holds them.</summary>
    /// <exception cref="EngineException">
    /// There are none, rows of features are mixed with recordings or do not have the front end's columns, a track has two genres,
    /// or a recording cannot be used.
    /// </exception>
    public static LabelledRows Of(IReadOnlyList<TrainingExample> examples, FrontEnd frontEnd, WorkOptions options)
    {
        if (examples.Count == 0) throw new EngineException("there are no examples to learn from.");
        string[] names = [.. examples.Select((e, i) => e.Name ?? e.Path ?? $"example {i}")];
        var rows = examples.Count(e => e.Features is not null);
        if (rows > 0 && rows < examples.Count)
        {
            throw new EngineException($"{rows} of {examples.Count} examples are rows of features and the others recordings; " +
                "they must all be of one kind.");
        }

        // A number is no name: nothing follows from two being alike.
        var tracks = TrackNames.Of([.. examples.Select((e, i) => new NamedRow(names[i], e.Label,
            e.Track ?? (e.Name is null && e.Path is null ? names[i] : null)))]);
        Recording[] recordings = [.. examples.Select((e, i) =>
            new Recording(tracks.Tracks[i].Track, tracks.Tracks[i].Window, names[i], e.Path ?? names[i], e.Label)
            {
                Artist = e.Artist,
            })];
        return rows > 0
            ? OfFeatures(examples, recordings, tracks, frontEnd, options)
            : FromRecordings(Examples, recordings, [], recordings.Select(r => r.Label), NotesOf(tracks), frontEnd, options,
                i => examples[i].Samples);
    }

    private static LabelledRows OfFeatures(
        IReadOnlyList<TrainingExample> examples, Recording[] recordings, TrackNames tracks, FrontEnd frontEnd,
        WorkOptions options)
    {
        if (frontEnd.WindowSizes.Count > 0)
        {
            throw new EngineException("the examples are rows of features, but this recipe reads windows of audio; give " +
                "samples or files.");
        }

        var values = new FeatureMatrix(examples.Count, frontEnd.Columns.Count);
        var rows = new List<LabelledRow>(examples.Count);
        for (var i = 0; i < examples.Count; i++)
        {
            var features = examples[i].Features!;
            if (features.Count != values.Columns)
            {
                throw new EngineException($"{recordings[i].RelativePath} has {features.Count} features; the front end has " +
                    $"{values.Columns} columns: {string.Join(", ", frontEnd.Columns.Take(3))}, ….");
            }

            var row = values.Row(i);
            for (var c = 0; c < row.Length; c++)
            {
                row[c] = features[c];
                if (!double.IsFinite(row[c]))
                    throw new EngineException($"{recordings[i].RelativePath}: feature {frontEnd.Columns[c]} is {row[c]}; every " +
                        "value must be finite.");
            }

            rows.Add(new(recordings[i].Track, recordings[i].Window, recordings[i].RelativePath, recordings[i].Label,
                Shorten(SHA256.HashData(MemoryMarshal.AsBytes(row))))
            {
                Artist = recordings[i].Artist,
            });
        }

        WarnOfCopies(rows, options.Warn);
        return new(Examples, rows, values, [], tracks.Notes)
        {
            Doubt = tracks.Doubt,
            Remedy = "Give each example a Track (a name of its own, if each row is a track), or split by artists or " +
                "leaky-windows.",
        };
    }

    // As in a folder: a recording is whole unless the user says otherwise.
    private static List<string> NotesOf(TrackNames tracks) => tracks.Doubt is not { } doubt ? tracks.Notes
        : [.. tracks.Notes, $"{doubt}: each counts as a track of its own; if they are pieces of one recording, give them the " +
            "same Track"];

    private static ExtractedFile Extract(FrontEnd frontEnd, AudioSignal signal, string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> rate = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(rate, signal.SampleRate);
        hash.AppendData(rate);
        hash.AppendData(MemoryMarshal.AsBytes(signal.Samples.AsSpan()));
        return new(frontEnd.Extract(signal.Samples, signal.SampleRate, name), hash.GetHashAndReset())
        {
            Sound = SoundProfile.Of(signal),
        };
    }
}
