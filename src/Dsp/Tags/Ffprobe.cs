using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Dsp.Audio;
using Engine.Dsp.Files;

namespace Engine.Dsp.Tags;

/// <summary>Tags and properties of formats that are not read here, from <c>ffprobe</c>, where it is installed.</summary>
internal static class Ffprobe
{
    private const int LongestAnswer = 1 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks about a file; null if there is no <c>ffprobe</c> or it does not know the file.</summary>
    public static AudioProperties? Read(string path, string format, TagCollector to)
    {
        if (Programs.Find("ffprobe", Environment.GetEnvironmentVariable("PATH")) is not { } program) return null;
        if (Ask(program, path) is not { } answer) return null;
        try
        {
            using var json = JsonDocument.Parse(answer);
            to.Begin("ffprobe");
            var root = json.RootElement;
            var all = root.TryGetProperty("format", out var whole) ? whole : default;
            AddTags(all, to);
            double? duration = Number(all, "duration");
            foreach (var stream in root.TryGetProperty("streams", out var streams) ? streams.EnumerateArray() : default)
            {
                if (Text(stream, "codec_type") != "audio") continue;
                AddTags(stream, to);
                return new(format, Number(stream, "duration") ?? duration, (int?)Number(stream, "sample_rate"),
                    (int?)Number(stream, "channels"));
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            to.Note("ffprobe's answer cannot be read");
            return null;
        }
    }

    private static string? Ask(string program, string path)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])["-v", "quiet", "-protocol_whitelist", "file", "-format_whitelist",
            FfmpegDecoder.Containers, "-show_entries",
            "format=duration:format_tags:stream=codec_type,sample_rate,channels,duration:stream_tags",
            "-of", "json", "file:" + Path.GetFullPath(path)])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(s_patience)) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            error.Wait(s_patience);
            return process.ExitCode == 0 && output.Result.Length <= LongestAnswer ? output.Result : null;
        }
        catch (Win32Exception)
        {
            return null; // it cannot be run, so it is as if it were not installed
        }
    }

    private static void AddTags(JsonElement from, TagCollector to)
    {
        if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty("tags", out var tags)) return;
        foreach (var tag in tags.EnumerateObject())
        {
            var name = tag.Name.ToUpperInvariant();
            if (VorbisComments.Field(name) is { } field && tag.Value.GetString() is { } value) to.Add(field, value);
        }
    }

    private static string? Text(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static double? Number(JsonElement from, string name) =>
        double.TryParse(Text(from, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : null;
}
