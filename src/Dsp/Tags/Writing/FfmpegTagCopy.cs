using System.Diagnostics;
using System.Text;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;

namespace Engine.Dsp.Tags.Writing;

/// <summary>
/// Writes the genre of formats that are not edited here through <c>ffmpeg</c>, which copies every stream into a new file. The
/// streams' hashes and the other tags are compared before the old file is replaced.
/// </summary>
internal sealed class FfmpegTagCopy
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    // What a muxer sets by itself.
    private static readonly string[] s_own = ["encoder", "major_brand", "minor_version", "compatible_brands", "duration"];

    private readonly string _path, _target, _format, _muxer;

    private FfmpegTagCopy(string path, string target, string format, string muxer) =>
        (_path, _target, _format, _muxer) = (path, target, format, muxer);

    /// <summary>The copy for a file of such a format; null for any other.</summary>
    public static FfmpegTagCopy? For(FileBytes file, string path, string target)
    {
        var extension = Path.GetExtension(target).ToUpperInvariant();
        return FileContent.Of(file).Format switch
        {
            AudioContent.Mp4 => new(path, target, "MP4", extension is ".M4A" or ".M4B" or ".M4R" ? "ipod"
                : extension == ".MOV" ? "mov" : "mp4"),
            "Matroska" => new(path, target, "Matroska", extension is ".WEBM" or ".WEBA" ? "webm" : "matroska"),
            "Windows Media" => new(path, target, "Windows Media", "asf"),
            _ => null,
        };
    }

    /// <summary>Sets the genre.</summary>
    public GenreChange Change(StoredGenre genre, bool dryRun)
    {
        var before = Tags(_target);
        var old = new StoredGenre(before.TryGetValue("genre", out var value) && value.Length > 0 ? [value] : [], null);
        var wanted = genre with { Number = null, IsLiteral = false };
        if (wanted.Values.Count > 1) throw Refused("holds one genre, but several are to be written");
        var change = new GenreChange(_path, _format, old.Text, wanted.Text, old.ToString(), !wanted.Equals(old));
        if (dryRun || !change.IsChange) return change;
        var folder = Path.GetDirectoryName(Path.GetFullPath(_target))!;
        Temporary.SweepOnce(folder);
        var temporary = Temporary.In(folder);
        try
        {
            var time = File.GetLastWriteTimeUtc(_target);
            var written = wanted.Values.Count > 0 ? wanted.Values[0] : "";
            Run("copy it", [.. Input(_target), "-map", "0", "-c", "copy", "-map_metadata", "0", "-metadata", $"genre={written}",
                "-f", _muxer, "-n", "file:" + temporary]);
            Prove(temporary, before, wanted);
            Finish(temporary, time);
            return change;
        }
        finally
        {
            Temporary.TryRemove(temporary);
        }
    }

    private void Prove(string made, Dictionary<string, string> before, StoredGenre wanted)
    {
        if (Hashes(_target) != Hashes(made)) throw Refused("would not hold the same audio with the new tag");
        var after = Tags(made);
        if ((after.GetValueOrDefault("genre") ?? "") != (wanted.Values.Count > 0 ? wanted.Values[0] : ""))
            throw Refused("does not keep a genre that ffmpeg writes");
        foreach (var (name, value) in before)
        {
            if (name == "genre" || s_own.Contains(name) || after.GetValueOrDefault(name) == value) continue;
            throw Refused($"has a tag that ffmpeg would lose ({name})");
        }
    }

    private void Finish(string temporary, DateTime time)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, File.GetUnixFileMode(_target));
        using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite)) Disk.Flush(stream);
        if (File.GetLastWriteTimeUtc(_target) != time)
            throw new TagException(_path, "another program changed the file meanwhile; it was left as it is. Try again.");
        Disk.Move(temporary, _target);
        Temporary.Done(temporary);
        Disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_target))!);
    }

    private string Hashes(string file) =>
        Run("hash its streams", [.. Input(file), "-map", "0", "-c", "copy", "-f", "streamhash", "-hash", "sha256", "-"]);

    // The global section of ffmpeg's metadata format; names in lower case, as formats differ in theirs.
    private Dictionary<string, string> Tags(string file)
    {
        var tags = new Dictionary<string, string>();
        var text = Run("read its tags", [.. Input(file), "-f", "ffmetadata", "-"]);
        var (name, part) = ((string?)null, new StringBuilder());
        for (var i = 0; i < text.Length && !(text[i] == '[' && name is null && part.Length == 0); i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) part.Append(text[++i]);
            else if (text[i] == '=' && name is null) (name, part) = (part.ToString().ToLowerInvariant(), new());
            else if (text[i] == '\n')
            {
                if (name is not null) tags.TryAdd(name, part.ToString());
                (name, part) = (null, new());
            }
            else
            {
                part.Append(text[i]);
            }
        }

        return tags;
    }

    // Only files, and only formats that hold their own audio: nothing that a file names is opened.
    private static string[] Input(string file) =>
        ["-protocol_whitelist", "file", "-format_whitelist", "mov,matroska,asf", "-i", "file:" + Path.GetFullPath(file)];

    private string Run(string what, IReadOnlyList<string> arguments)
    {
        var program = Programs.Find("ffmpeg", Environment.GetEnvironmentVariable("PATH")) ?? throw new TagException(_path,
            $"the genre of {_format} is written through ffmpeg, which is not on the PATH. Install ffmpeg.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])["-nostdin", "-hide_banner", "-loglevel", "error", .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TagException(_path, $"ffmpeg did not {what} within {s_patience.TotalMinutes:0} minutes and was stopped.");
        }

        if (process.ExitCode == 0) return output.GetAwaiter().GetResult();
        var said = error.GetAwaiter().GetResult().Trim().Split('\n')[^1].Trim();
        throw new TagException(_path, $"ffmpeg could not {what} ({said}). The file was left as it is.");
    }

    private TagException Refused(string why) =>
        new(_path, $"it is {_format} and {why}; the file was left as it is. Write the genre with a tag editor.");
}
