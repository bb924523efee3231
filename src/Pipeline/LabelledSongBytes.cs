using System.Text;

namespace Engine.Pipeline;

/// <summary>Labelled songs as bytes, exactly, to be sent from rank to rank.</summary>
internal static class LabelledSongBytes
{
    /// <summary>Writes a song.</summary>
    public static void Write(BinaryWriter writer, LabelledSong song)
    {
        writer.Write(song.Path);
        Write(writer, song.Error);
        Write(writer, song.IsTrainedOn);
        Write(writer, song.LacksBand);
        Write(writer, song.Bandwidth);
        writer.Write(song.Prediction is not null);
        if (song.Prediction is { } prediction)
        {
            writer.Write(prediction.IsCalibrated);
            Write(writer, prediction.Ranked, r =>
            {
                writer.Write(r.Label);
                writer.Write(r.Probability);
            });
        }

        writer.Write(song.Timeline is not null);
        if (song.Timeline is { } timeline) Write(writer, timeline);
    }

    /// <summary>Reads a song.</summary>
    public static LabelledSong Read(BinaryReader reader)
    {
        var song = new LabelledSong(reader.ReadString())
        {
            Error = Text(reader),
            IsTrainedOn = Answer(reader),
            LacksBand = Answer(reader),
            Bandwidth = reader.ReadBoolean() ? reader.ReadDouble() : null,
        };
        if (reader.ReadBoolean())
        {
            var isCalibrated = reader.ReadBoolean();
            song = song with
            {
                Prediction = new(List(reader, () => new RankedGenre(reader.ReadString(), reader.ReadDouble())))
                {
                    IsCalibrated = isCalibrated,
                },
            };
        }

        return reader.ReadBoolean() ? song with { Timeline = Timeline(reader) } : song;
    }

    /// <summary>Writes a text or null.</summary>
    public static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null) writer.Write(text);
    }

    /// <summary>Reads a text or null.</summary>
    public static string? Text(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    /// <summary>The bytes that <paramref name="write"/> writes.</summary>
    public static byte[] Of(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) write(writer);
        return stream.ToArray();
    }

    /// <summary>Writes a list and its length.</summary>
    public static void Write<T>(BinaryWriter writer, IReadOnlyCollection<T> items, Action<T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items) write(item);
    }

    /// <summary>Reads a list.</summary>
    public static T[] List<T>(BinaryReader reader, Func<T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++) items[i] = read();
        return items;
    }

    private static void Write(BinaryWriter writer, GenreTimeline timeline)
    {
        writer.Write(timeline.IsCalibrated);
        Write(writer, timeline.Labels, writer.Write);
        Write(writer, timeline.Windows, w =>
        {
            writer.Write(w.Start);
            writer.Write(w.End);
            writer.Write(w.Label);
            Write(writer, w.Probabilities, writer.Write);
        });
        Write(writer, timeline.Segments, s =>
        {
            writer.Write(s.Start);
            writer.Write(s.End);
            writer.Write(s.Label);
            writer.Write(s.Probability);
        });
    }

    private static GenreTimeline Timeline(BinaryReader reader)
    {
        var isCalibrated = reader.ReadBoolean();
        return new(
            List(reader, reader.ReadString),
            List(reader, () => new TimelineWindow(reader.ReadDouble(), reader.ReadDouble(), reader.ReadString(),
                List(reader, reader.ReadDouble))),
            List(reader, () => new TimelineSegment(reader.ReadDouble(), reader.ReadDouble(), reader.ReadString(),
                reader.ReadDouble())))
        {
            IsCalibrated = isCalibrated,
        };
    }

    private static void Write(BinaryWriter writer, bool? answer) => writer.Write((sbyte)(answer switch
    {
        true => 1,
        false => 0,
        null => -1,
    }));

    private static bool? Answer(BinaryReader reader) => reader.ReadSByte() is >= 0 and var answer ? answer == 1 : null;

    private static void Write(BinaryWriter writer, double? number)
    {
        writer.Write(number is not null);
        if (number is { } value) writer.Write(value);
    }
}
