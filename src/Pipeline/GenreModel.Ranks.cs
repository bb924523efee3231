using System.Text;
using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline;

// Many recordings on several ranks.
public sealed partial class GenreModel
{
    private void LabelOnRanks(
        IReadOnlyList<string> paths, WorkOptions options, Action<Outcome> take, TimelineOptions? timeline)
    {
        // The first rank decides, in the order of the recordings, what an unusable one means.
        var own = options with { Ranks = Communicator.Alone, OnError = OnError.Skip, Progress = null };
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var runs = SharedOut.Runs(options.Ranks.IsFirst ? paths.Count : 0, options.Ranks.Size, threads);
        byte[][] tasks = [.. runs.Select(run => LabelledSongBytes.Of(
            writer => LabelledSongBytes.Write(writer, [.. paths.Take(run)], writer.Write)))];
        var done = 0;
        SharedOut.InOrder(options.Ranks, tasks, Work, Come, result => Read(result, take), options.Cancellation);

        byte[] Work(byte[] task)
        {
            using var reader = new BinaryReader(new MemoryStream(task), Encoding.UTF8);
            var outcomes = new List<Outcome>();
            LabelHere(LabelledSongBytes.List(reader, reader.ReadString), own, outcomes.Add, timeline);
            return LabelledSongBytes.Of(writer => LabelledSongBytes.Write(writer, outcomes, o => o.Write(writer)));
        }

        void Come(int run)
        {
            foreach (var path in paths.Take(runs[run])) options.Progress?.Report(new(++done, paths.Count, path));
        }
    }

    private static void Read(byte[] result, Action<Outcome> take)
    {
        using var reader = new BinaryReader(new MemoryStream(result), Encoding.UTF8);
        foreach (var outcome in LabelledSongBytes.List(reader, () => Outcome.Read(reader))) take(outcome);
    }

    private sealed partial record Outcome
    {
        private const byte Usable = 0, Unusable = 1, NoMemory = 2, IsFault = 3;

        public static Outcome Read(BinaryReader reader)
        {
            var (song, damage, kind) = (LabelledSongBytes.Read(reader), LabelledSongBytes.Text(reader), reader.ReadByte());
            var error = kind switch
            {
                Usable => null,
                NoMemory => new EngineException(song.Error!, new InsufficientMemoryException()),
                _ => new EngineException(song.Error!),
            };
            return new(song, damage, error, kind == IsFault ? new InvalidOperationException(reader.ReadString()) : null);
        }

        public void Write(BinaryWriter writer)
        {
            LabelledSongBytes.Write(writer, Song);
            LabelledSongBytes.Write(writer, Damage);
            writer.Write(Error is null ? Usable : Fault is not null ? IsFault
                : Error.InnerException is OutOfMemoryException ? NoMemory : Unusable);
            if (Fault is not null) writer.Write(Fault.ToString());
        }
    }
}
