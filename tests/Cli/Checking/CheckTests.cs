using System.Text.Json;
using Engine.Cli;
using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Checking;

/// <summary><c>engine check</c> on a folder of noise with one file of each fault.</summary>
public sealed class CheckTests : IDisposable
{
    private const int Rate = 22050, Songs = 12;

    private static readonly string[] s_brief = ["--shortest", "0.5"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _music;

    public CheckTests()
    {
        _music = _folder["music"];
        for (var i = 0; i < Songs; i++)
        {
            Write($"blues/song{i:00}.wav", Noise(i));
            Write($"rock/song{i:00}.wav", Noise(100 + i));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_CleanFolder_FindsNothing()
    {
        var run = EngineRun.Of(["check", _music, .. s_brief]);
        Assert.Equal(["24 songs, 0.4 min, 2 genres", "nothing found that would spoil a training"],
            run.Succeeds().TrimEnd().Split('\n').Select(line => line.Replace($"{_music}: ", "").TrimEnd()));
        Assert.Equal("", run.Error);
    }

    [Fact]
    public void Check_FolderWithFaults_FindsEachAndNothingElse()
    {
        Faults();
        var found = Found([_music, .. s_brief]);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["unreadable"] = "blues/text.mp3: its content is text, not audio. Leave it out.",
                ["damaged"] = "rock/cut.wav: 0.3 s of its 1 s are missing: it is cut short or damaged.",
                ["silent"] = "blues/silent.wav: all samples are 0",
                ["out_of_phase"] = "rock/inverse.wav: the mean of its channels is 26 dB quieter than the channels",
                ["short"] = "rock/short.wav: 0.2 s long",
                ["clipped"] = "blues/square.wav: 100 % of its samples are clipped",
                ["band_limited"] = "rock/dull.wav: ends at 2 kHz, most others at 11 kHz or above",
                ["duplicates_across_genres"] = "blues/song00.wav = rock/copy.wav: the same file",
                ["duplicates"] = "rock/again.wav = rock/song01.wav: the same sound in different files",
                ["passed_over"] = ": 1 file skipped because their extensions are not known as audio: 1 .xyz",
                ["tiny_genres"] = ": polka has 3 tracks",
            }, found);
    }

    [Fact]
    public void Check_Report_NamesTheWorstUnlessAllAreAsked()
    {
        for (var i = 0; i < 5; i++) Write($"rock/short{i}.wav", Noise(200 + i)[..(2000 + 1000 * i)]);
        var run = EngineRun.Of(["check", _music, .. s_brief]);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("finding  count\nshort        5\n", run.Output.ReplaceLineEndings("\n"));
        Assert.Contains("short: Remove intros", run.Output);
        Assert.Contains("  rock/short0.wav: 0.09 s long", run.Output);
        Assert.DoesNotContain("short4.wav", run.Output);
        Assert.Contains("  and 2 more", run.Output);
        Assert.Contains("--verbose lists all.", run.Output);
        var all = EngineRun.Of(["check", _music, .. s_brief, "--verbose"]).Output;
        Assert.Contains("  rock/short4.wav: 0.27 s long", all);
        Assert.DoesNotContain("--verbose", all);
    }

    [Fact]
    public void Check_Threads_DoNotChangeTheReport()
    {
        Faults();
        Assert.Equal(EngineRun.Of(["check", _music, "--threads", "1"]).Output,
            EngineRun.Of(["check", _music, "--threads", "5"]).Output);
    }

    [Fact]
    public void Check_Json_HasCountsAndAdvice()
    {
        Write("polka/one.wav", Noise(300));
        using var json = JsonDocument.Parse(EngineRun.Of(["check", _music, "--json", .. s_brief]).Output);
        var root = json.RootElement;
        Assert.Equal((25, 25.0), (root.GetProperty("songs").GetInt32(), root.GetProperty("seconds").GetDouble()));
        Assert.Equal(1, root.GetProperty("genres").GetProperty("polka").GetInt32());
        Assert.Equal(["tiny_genres", "unequal_genres"],
            root.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("kind").GetString()));
        Assert.StartsWith("Add songs", root.GetProperty("findings")[0].GetProperty("advice").GetString());
        Assert.Equal("blues has 12 tracks, polka 1",
            root.GetProperty("findings")[1].GetProperty("items")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public void Check_Manifest_FindsRowsArtistsAndMissingFiles()
    {
        var rows = Enumerable.Range(0, Songs).SelectMany(i => new[]
        {
            $"music/blues/song{i:00}.wav,Blues,{(i < 7 ? "Ann Lee" : $"B{i}")}",
            $"music/rock/song{i:00}.wav,The Rockers,{(i < 7 ? "the  rockers;Bob" : "Cid")}",
        });
        File.WriteAllLines(_folder["songs.csv"],
            ["path,genre,artist", .. rows, "music/gone.wav,Blues,Dan", "music/blues/more.wav,,Dan"]);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["unreadable"] = "music/gone.wav: there is no such file",
                ["left_out"] = ": left out 1 row without genre: music/blues/more.wav",
                ["artists_as_genres"] = ": The Rockers is the artist of most of its songs, by their tags",
                ["one_artist"] = ": Ann Lee has 7 of the 13 tracks of Blues",
            }, Found([_folder["songs.csv"], .. s_brief]));
    }

    [Fact]
    public void Check_ArtistFoldersTakenForGenres_AreFound()
    {
        foreach (var (artist, seed) in new[] { ("Jazz/Ann", 1), ("Jazz/Bob", 2), ("Folk/Cid", 3), ("Folk/Dan", 4) })
            for (var i = 0; i < 10; i++) Write($"../nested/{artist}/{i}.wav", Noise(1000 * seed + i)[..2000]);

        string[] options = [_folder["nested"], "--shortest", "0"];
        EngineRun.Of(["check", .. options]).IsRefused("--genres-at top or --genres-at parent");
        Assert.Equal(CommandLine.Done, EngineRun.Of(["check", .. options, "--genres-at", "top"]).Code);
        Assert.Equal(new Dictionary<string, string>
        {
            ["artists_as_genres"] = ": the 4 genres lie within 2 folders that may be the genres: Folk, Jazz",
        }, Found([.. options, "--genres-at", "parent"]));
    }

    [Fact]
    public void Check_FeatureTable_FindsRowsColumnsAndGenres()
    {
        var rows = Enumerable.Range(0, 2 * Songs).Select(i => $"{i},{i * 0.5},7,{(i < Songs ? "blues" : "rock")}");
        File.WriteAllLines(_folder["table.csv"],
            ["track_id,tempo,mode,genre", .. rows, "50,0,7,rock", "51,0.5,7,blues", "52,99,7,polka"]);
        var expected = new Dictionary<string, string>
        {
            ["duplicates_across_genres"] = "0 = 50: the same values",
            ["duplicates"] = "1 = 51: the same values",
            ["tiny_genres"] = ": polka has 1 track",
            ["unequal_genres"] = ": blues has 13 tracks, polka 1",
            ["constant_columns"] = ": mode is always 7",
        };
        Assert.Equal(expected, Found([_folder["table.csv"]]));
        Assert.Equal(expected.Where(e => e.Key != "constant_columns"), Found([_folder["table.csv"], "--columns", "tempo"]));
    }

    [Fact]
    public void Check_WrongInput_IsRefused()
    {
        EngineRun.Of("check", _folder["none"]).IsRefused("none: no such folder");
        EngineRun.Of("check", _music, "--shortest", "-1").IsRefused("--shortest");
        EngineRun.Of("check", _music, "--label-column", "x").IsRefused("leave --label-column out");
        EngineRun.Of("check", Directory.CreateDirectory(_folder["empty"]).FullName).IsRefused("no recording found");
        File.WriteAllLines(_folder["gone.csv"], ["path,genre", "a.wav,rock", "b.wav,blues"]);
        EngineRun.Of("check", _folder["gone.csv"]).IsRefused("none of the 2 recordings exists", "--root");
    }

    [Fact]
    public void Check_Stopped_SaysSo()
    {
        var run = EngineRun.Of(new CancellationToken(canceled: true), "check", _music);
        Assert.Equal((CommandLine.Stopped, ""), (run.Code, run.Output));
    }

    // What was found, by kind: of each kind there is one item here.
    private static Dictionary<string, string> Found(string[] arguments)
    {
        var run = EngineRun.Of(["check", .. arguments, "--json"]);
        Assert.True(run.Code == CommandLine.Failed, $"exit code {run.Code}: {run.Output}{run.Error}");
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("findings").EnumerateArray().ToDictionary(
            finding => finding.GetProperty("kind").GetString()!,
            finding =>
            {
                var item = Assert.Single(finding.GetProperty("items").EnumerateArray());
                Assert.Equal(1, finding.GetProperty("count").GetInt32());
                return $"{string.Join(" = ", item.GetProperty("files").EnumerateArray().Select(p => p.GetString()))}: " +
                    item.GetProperty("detail").GetString();
            });
    }

    private void Faults()
    {
        Write("blues/silent.wav", new float[Rate]);
        Write("blues/square.wav", [.. Enumerable.Range(0, Rate).Select(i => i / 100 % 2 == 0 ? 1f : -1f)]);
        File.WriteAllText(_folder["music", "blues", "text.mp3"], "These are notes, not a recording.\n");
        File.WriteAllText(_folder["music", "blues", "video.xyz"], "");
        Write("rock/dull.wav", new AudioSignal(Noise(200)[..4000], 4000).Resample(Rate).Samples);
        Write("rock/short.wav", Noise(201)[..4410]);
        var inverse = Noise(202).SelectMany(x => new[] { x, -0.9f * x }).ToArray();
        WavWriter.Write(_folder["music", "rock", "inverse.wav"], inverse, Rate, channels: 2);
        File.Copy(_folder["music", "blues", "song00.wav"], _folder["music", "rock", "copy.wav"]);
        WavWriter.Write(_folder["music", "rock", "again.wav"], Noise(101), Rate, WavEncoding.Float32);
        Write("rock/cut.wav", Noise(203));
        using (var cut = File.OpenWrite(_folder["music", "rock", "cut.wav"])) cut.SetLength(44 + 2 * (Rate * 7 / 10));
        for (var i = 0; i < 3; i++) Write($"polka/{i}.wav", Noise(300 + i));
    }

    private void Write(string path, float[] samples)
    {
        var full = Path.Combine(_music, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        WavWriter.Write(full, samples, Rate);
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rate).Select(_ => (float)(0.6 * random.NextDouble() - 0.3))];
    }
}
