using System.IO.Compression;
using Engine.Classifiers;
using Engine.Cli.Labelling;
using Engine.Dsp;
using Engine.Dsp.Numpy;

namespace Engine.Cli.Shards;

/// <summary>Joins the parts of a list to the file that one command without parts would have written, byte by byte.</summary>
internal static class ShardMerge
{
    // The array that a table has and frames do not; it is the same in each part.
    private const string Columns = "columns";

    /// <summary>Whether parts of a name's format can be joined.</summary>
    public static bool Supports(string path) => Extension(path) is ".csv" or ".jsonl" or ".ndjson" or ".npz";

    /// <summary>Writes the whole file.</summary>
    /// <exception cref="EngineException">The parts do not fit each other, or the file cannot be written.</exception>
    public static void Write(ShardSet parts, string path)
    {
        if (parts.Paths.FirstOrDefault(p => Extension(p) != Extension(path)) is { } other)
            throw new CommandLineException($"{path}: ends unlike {other}; parts and whole have one format.");
        try
        {
            using var file = new AtomicFile(path);
            if (Extension(path) == ".npz") Arrays(parts, file.Stream);
            else Lines(parts, file.Stream, hasHeader: Extension(path) == ".csv");
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static void Lines(ShardSet parts, Stream target, bool hasHeader)
    {
        byte[][] texts = [.. parts.Paths.Select(File.ReadAllBytes)];
        Range[][] lines = [.. texts.Select(t => (hasHeader ? CsvFields.Records(t) : Split(t)).ToArray())];
        var skipped = hasHeader ? 1 : 0;
        for (var p = 0; p < texts.Length; p++)
        {
            Require(lines[p].Length == parts.Records(p) + skipped, parts.Paths[p], "lines");
        }

        if (hasHeader)
        {
            var named = parts.FirstWithRecords;
            var header = texts[named].AsSpan(lines[named][0]);
            for (var p = 0; p < texts.Length; p++)
            {
                if (parts.Records(p) > 0 && !header.SequenceEqual(texts[p].AsSpan(lines[p][0])))
                    throw new EngineException($"{parts.Paths[p]}: has other columns than {parts.Paths[named]}.");
            }

            target.Write(header);
        }

        foreach (var (part, first, count) in parts.Order())
        {
            if (count == 0) continue;
            var (begin, end) = (lines[part][first + skipped].Start, lines[part][first + skipped + count - 1].End);
            target.Write(texts[part].AsSpan(begin..end));
        }
    }

    private static List<Range> Split(byte[] text)
    {
        var (lines, start) = (new List<Range>(), 0);
        for (int end; (end = Array.IndexOf(text, (byte)'\n', start) + 1) > 0; start = end) lines.Add(start..end);
        return lines;
    }

    private static void Arrays(ShardSet parts, Stream target)
    {
        var zips = new List<ZipArchive>();
        try
        {
            foreach (var path in parts.Paths) zips.Add(ZipFile.OpenRead(path));
            NpzFile.WriteContents(target, zips.Exists(z => z.GetEntry($"{Columns}.npy") is not null)
                ? Tables(parts) : Frames(parts, zips));
        }
        finally
        {
            foreach (var zip in zips) zip.Dispose();
        }
    }

    // An array for each recording or window, then the parameters, of which times are as many as the longest array needs.
    private static IEnumerable<KeyValuePair<string, INpyContent>> Frames(ShardSet parts, List<ZipArchive> zips)
    {
        ZipArchiveEntry[][] members = [.. zips.Select(z => z.Entries.ToArray())];
        for (var p = 0; p < members.Length; p++) Require(members[p].Length >= parts.Records(p), parts.Paths[p], "arrays");
        foreach (var (part, first, count) in parts.Order())
        {
            for (var i = first; i < first + count; i++) yield return Copy(members[part][i]);
        }

        var longest = Enumerable.Range(0, zips.Count).MaxBy(p => zips[p].GetEntry("times.npy")?.Length ?? 0);
        foreach (var parameter in members[longest].Skip(parts.Records(longest))) yield return Copy(parameter);
    }

    private static KeyValuePair<string, INpyContent> Copy(ZipArchiveEntry member) =>
        new(Path.ChangeExtension(member.FullName, null), new Member(member));

    private static IEnumerable<KeyValuePair<string, INpyContent>> Tables(ShardSet parts)
    {
        Dictionary<string, NpyArray>[] tables = [.. parts.Paths.Select(p => NpzFile.Read(p))];
        for (var p = 0; p < tables.Length; p++)
        {
            var rows = parts.Records(p);
            Require(tables[p].Where(a => a.Key != Columns).All(a => a.Value.Shape is [var height, ..] && height == rows),
                parts.Paths[p], "rows");
        }

        var first = tables[parts.FirstWithRecords];
        (int Part, int Row)[] places =
            [.. parts.Order().SelectMany(s => Enumerable.Range(s.First, s.Count).Select(r => (s.Part, r)))];
        foreach (var (name, array) in first)
        {
            yield return new(name, name == Columns ? array : array.Data switch
            {
                double[] => Joined<double>(name, array.Shape),
                long[] => Joined<long>(name, array.Shape),
                string[] => Joined<string>(name, array.Shape),
                _ => throw new EngineException($"{parts.Paths[0]}: '{name}' is no array of a table of features."),
            });
        }

        NpyArray Joined<T>(string name, IReadOnlyList<int> shape)
        {
            var width = shape.Skip(1).Aggregate(1, (a, b) => a * b);
            var joined = new T[places.Length * width];
            for (var i = 0; i < places.Length; i++)
            {
                var source = (T[])tables[places[i].Part][name].Data;
                Array.Copy(source, places[i].Row * width, joined, i * width, width);
            }

            return new NpyArray(joined, [places.Length, .. shape.Skip(1)]);
        }
    }

    private static void Require(bool holds, string part, string records)
    {
        if (!holds) throw new EngineException($"{part}: has another number of {records} than its note says; repeat the command.");
    }

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();

    /// <summary>An array of a part, copied as it is.</summary>
    private sealed class Member(ZipArchiveEntry entry) : INpyContent
    {
        public void Write(Stream stream)
        {
            using var source = entry.Open();
            source.CopyTo(stream);
        }
    }
}
