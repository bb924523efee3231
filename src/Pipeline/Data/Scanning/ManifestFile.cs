using System.Globalization;
using CsvHelper;
using Engine.Dsp;

namespace Engine.Pipeline.Data.Scanning;

/// <summary>Writes the manifest of a library: a CSV with a song in each row, which can be trained on.</summary>
internal static class ManifestFile
{
    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["path", "genre", "artist", "album", "title", "duration", "sample_rate", "channels", "format", "genres"];

    /// <summary>
    /// Writes the file atomically. Paths are relative to its folder, with forward slashes, unless they are on another root;
    /// several artists and the genres beyond the first are separated by <c>;</c>.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no access to the folder.</exception>
    public static void Write(string path, IReadOnlyList<ScannedSong> songs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(songs);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var file = new AtomicFile(path);
        using (var csv = CsvWriter.Create(file.Stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            Line(csv, Columns);
            foreach (var song in songs)
            {
                Line(csv,
                [
                    Relative(folder, song.Path), song.Genre ?? "", string.Join(';', song.Artists), song.Album ?? "",
                    song.Title ?? "", song.Duration?.ToString("0.###", CultureInfo.InvariantCulture) ?? "", $"{song.SampleRate}",
                    $"{song.Channels}", song.Format, string.Join(';', song.Genres.Skip(1)),
                ]);
            }
        }

        file.Commit();
    }

    // The system follows links before "..", so a path through a linked folder may lead elsewhere.
    private static string Relative(string folder, string path)
    {
        var full = Path.GetFullPath(path);
        var relative = Path.GetRelativePath(folder, full);
        var chosen = File.Exists(Path.Combine(folder, relative)) ? relative : full;
        return Path.DirectorySeparatorChar == '/' ? chosen : chosen.Replace(Path.DirectorySeparatorChar, '/');
    }

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }
}
