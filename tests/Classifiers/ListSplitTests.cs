using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Classifiers;

/// <summary>The splits that read files: <c>files:</c> and <c>groups:</c>.</summary>
public sealed class ListSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Sample[] Rows(int blues, int rock) =>
    [
        .. Enumerable.Range(0, blues).Select(t => new Sample(TrackId.Of($"blues/blues.{t:D5}.wav", "blues"), "blues")),
        .. Enumerable.Range(0, rock).Select(t => new Sample(TrackId.Of($"rock/rock.{t:D5}.wav", "rock"), "rock")),
    ];

    private string Write(string name, params string[] lines) =>
        _folder.Write(name, Encoding.UTF8.GetBytes(string.Join("\n", lines)));

    private static Split Create(string spec, Sample[] samples, ulong seed = 1) =>
        Splits.Create(SplitSpec.Parse(spec), samples, seed);

    private static string Message(string spec, Sample[] samples) =>
        Assert.Throws<EngineException>(() => Create(spec, samples)).Message;

    [Fact]
    public void Files_OtherFoldersAndExtensions_MatchByGenreAndNumber()
    {
        var train = Write("train.txt", "blues.00000.au", "data/rock/rock.00001.mp3\trock", "", "./blues/blues.00001.wav\r");
        var test = Write("test.txt", "\uFEFFrock/rock.00000.wav", "  blues.00002  ", "blues.00002.flac");
        var split = Create($"files:{train},{test}", Rows(3, 3));
        Assert.Equal([0, 1, 4], split.Folds[0].Train);
        Assert.Equal([2, 3], split.Folds[0].Test);
        Assert.Empty(split.Folds[0].Valid);
        Assert.Equal(["1 tracks (1 rows) are on no list and were left out"], split.Notes);
        Assert.Equal($"files:{train},{test}: listed tracks; 3 train, 2 test rows", split.Protocol);
    }

    [Fact]
    public void Files_ThreeLists_SecondIsValidation()
    {
        var (train, valid) = (Write("a", "blues.00000", "rock.00000"), Write("b", "blues.00001"));
        var spec = $"files:{train},{valid},{Write("c", "rock.00001", "blues.00002")}";
        var fold = Create(spec, Rows(3, 2)).Folds[0];
        Assert.Equal([0, 3], fold.Train);
        Assert.Equal([1], fold.Valid);
        Assert.Equal([2, 4], fold.Test);
        Assert.Equal([0, 3, 1], fold.TrainAndValid);
    }

    [Fact]
    public void Files_OwnNames_MatchByPath()
    {
        Sample[] rows = [new(TrackId.Of("rock/a song.mp3", "rock"), "rock"), new(TrackId.Of("pop/b.mp3", "pop"), "pop"),
            new(TrackId.Of("pop/take.00001.wav", "pop"), "pop")];
        var fold = Create($"files:{Write("a", "./rock/a song.mp3", "pop\\b.mp3")},{Write("b", "pop/take.00001.wav")}", rows)
            .Folds[0];
        Assert.Equal([1, 0], fold.Train);
        Assert.Equal([2], fold.Test);
    }

    [Theory]
    [InlineData("pop/can\u00E7\u00E3o 1.wav")]
    [InlineData("pop/canc\u0327a\u0303o 1.wav")]
    [InlineData("  pop\\can\u00E7\u00E3o 1.wav \r")]
    [InlineData("\"pop/can\u00E7\u00E3o 1.wav\"")]
    [InlineData("/home/me/Music/pop/can\u00E7\u00E3o 1.wav\tpop")]
    [InlineData("can\u00E7\u00E3o 1.wav")]
    [InlineData("can\u00E7\u00E3o 1")]
    [InlineData("POP/CAN\u00C7\u00C3O 1.WAV")]
    [InlineData("can\u00E7\u00E3o 1.flac")]
    [InlineData("pop/can\u00E7\u00E3o 1.3.wav")]
    public void Files_EntryAsAPersonWritesIt_FindsItsTrack(string entry)
    {
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UnicodeEncoding(false, true),
            new UnicodeEncoding(true, false), new UTF32Encoding() })
        {
            Sample[] rows = [new(TrackId.Of("pop/canc\u0327a\u0303o " +
                "1.wav", "pop"), "pop"), new(TrackId.Of("rock/b.wav", "rock"), "rock")];
            File.WriteAllText(_folder["a"], entry + "\r\n", encoding);
            Assert.Equal([0], Create($"files:{_folder["a"]},{Write("b", "rock/b.wav")}", rows).Folds[0].Train);
        }
    }

    [Fact]
    public void Files_NameOfSeveralTracks_NamesNoneAndIsSaid()
    {
        Sample[] rows = [.. new[] { "pop",
            "rock" }.SelectMany(g => new[] { "01.wav", "02.wav" }.Select(n => new Sample(TrackId.Of($"{g}/{n}", g), g)))];
        var split = Create($"files:{Write("a", "01.wav", "pop/02.wav", "jazz/02.wav")},{Write("b", "rock/01.wav")}", rows);
        Assert.Equal([1], split.Folds[0].Train);
        Assert.Contains("1 listed names, such as '01.wav', match several tracks and were not used; write " +
            "genre/file", split.Notes);
        Assert.Contains($"2 of the 3 tracks that '{_folder["a"]}' lists are not in the data", split.Notes);
    }

    [Fact]
    public void List_ThatIsNoTextFile_IsRefusedWithTheCause()
    {
        var latin1 = _folder.Write("latin1", Encoding.Latin1.GetBytes("rock.00000\nm\u00FAsica.wav\n"));
        Assert.Contains("line 2, is not UTF-8 text; save it as UTF-8", Message($"files:{latin1},{latin1}", Rows(2, 2)));
        Assert.Contains("it is a folder, not a file", Message($"groups:{_folder.Path}", Rows(2, 2)));
        Assert.InRange(Message($"groups:{Write("long", new string('x', 100_000))}", Rows(2, 2)).Length, 50, 500);
    }

    [Fact]
    public void List_ThatIsTooLong_IsRefused()
    {
        using (var stream = File.Create(_folder["long"])) stream.SetLength((64L << 20) + 1);
        Assert.Contains("is longer than 64 MiB", Message($"groups:{_folder["long"]}", Rows(2, 2)));
    }

    [LinuxFact]
    public void List_DeviceOrFifo_IsRefusedUnread()
    {
        Posix.MakeFifo(_folder["fifo"]);
        Assert.Contains("it is a FIFO, not a file", Message($"groups:{_folder["fifo"]}", Rows(2, 2)));
        Assert.Contains("it is a device, not a file", Message("groups:/dev/zero", Rows(2, 2)));
        File.CreateSymbolicLink(_folder["link"], "/dev/zero");
        Assert.Contains("it is a device, not a file", Message($"files:{_folder["link"]},{_folder["link"]}", Rows(2, 2)));
    }

    [Fact]
    public void Files_AllWindowsOfATrack_GoWithIt()
    {
        Sample[] rows = [.. Rows(2, 2).SelectMany(s => Enumerable.Range(0, 3).Select(w => s with { Window = w }))];
        var fold = Create($"files:{Write("a", "blues.00000", "rock.00000")},{Write("b", "blues.00001", "rock.00001")}", rows)
            .Folds[0];
        Assert.Equal([0, 1, 2, 6, 7, 8], fold.Train);
        Assert.Equal([3, 4, 5, 9, 10, 11], fold.Test);
    }

    [Fact]
    public void Files_ListedTracksMissing_AreCountedNotFatal()
    {
        var train = Write("train", "blues.00000", "jazz.00000", "blues.99999", "no such");
        var test = Write("test", "rock.00000");
        var notes = Create($"files:{train},{test}", Rows(1, 1)).Notes;
        Assert.Equal(
            [$"3 of the 4 tracks that '{train}' lists are not in the data", "genre 'rock' is tested but never trained on",
                "genre 'blues' is trained on but not tested"],
            notes);
    }

    [Fact]
    public void Files_WrongLists_NameFileAndTrack()
    {
        var (one, two, empty) =
            (Write("one", "blues.00000", "rock.00000"), Write("two", "rock.00001", "", "blues/blues.00000.au"),
            Write("empty", "", " "));
        Assert.Equal($"Split: track 'blues.00000' is in '{one}' and, line 3, in '{two}'; it can be on one side only.",
            Message($"files:{one},{two}", Rows(2, 2)));
        Assert.Equal($"Split: the list '{empty}' is empty; a list has one track per line.",
            Message($"files:{one},{empty}", Rows(2, 2)));
        Assert.Equal($"Split: none of the 2 tracks that '{one}' lists is among the 2 tracks of the data.",
            Message($"files:{one},{two}", [new(new TrackId("a"), "a"), new(new TrackId("b"), "b")]));
        Assert.Contains($"cannot read the list '{_folder["missing"]}'", Message($"files:{one},{_folder["missing"]}", Rows(2, 2)));
        Assert.Contains($"cannot read the list '{_folder.Path}'", Message($"files:{one},{_folder.Path}", Rows(2, 2)));
    }

    [Fact]
    public void Groups_RandomFiles_NoGroupOnBothSidesAndGenresInProportion()
    {
        // Groups of 1 to 3 tracks within a genre: a fifth can be met within the largest group.
        var cases = from sizes in Gen.Choose(12, 40).ListOf(2)
                    from groups in Gen.Choose(1, 3)
                    from seed in ArbMap.Default.GeneratorFor<ulong>()
                    select (sizes, groups, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var samples = Rows(c.sizes[0], c.sizes[1]);
            string Group(Sample s) => $"{s.Genre}-{int.Parse(s.Track.Value[^5..]) / c.groups}";
            var file = Write("groups", [.. samples.Select(s => $"{s.Genre}/{s.Track}.au\t{Group(s)}")]);
            var split = Create($"groups:{file}", samples, c.seed);
            var reversed = samples.Reverse().ToArray();
            var same = Create($"groups:{file}", reversed, c.seed);
            var fold = split.Folds[0];
            return !fold.Train.Select(r => Group(samples[r])).Intersect(fold.Test.Select(r => Group(samples[r]))).Any()
                && fold.Train.Length + fold.Test.Length == samples.Length
                && fold.Test.Select(r => samples[r]).SequenceEqual(same.Folds[0].Test.Select(r => reversed[r]))
                && samples.GroupBy(s => s.Genre)
                    .All(g => Math.Abs(fold.Test.Count(r => samples[r].Genre == g.Key) - 0.2 * g.Count()) <= c.groups / 2.0
                        + 0.5);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Groups_AcrossGenres_StillKeepsBothGenresOnBothSides()
    {
        // x holds tracks of both genres; y and z one each.
        var file = Write("groups", "blues.00000\tx", "rock.00000\tx", "blues.00001\ty", "rock.00001\tz");
        for (ulong seed = 0; seed < 20; seed++)
        {
            var fold = Create($"groups:{file}", Rows(2, 2), seed).Folds[0];
            Assert.True(fold.Test is [0, 2] or [1, 3], string.Join(' ', fold.Test));
        }
    }

    [Fact]
    public void Groups_OtherSeed_OtherGroups()
    {
        var samples = Rows(60, 60);
        var file = Write("groups", [.. samples.Select(s => $"{s.Track}\t{s.Genre}{s.Track.Value[^1]}{s.Track.Value[^2] / 2}")]);
        Assert.NotEqual(Create($"groups:{file}", samples, 1).Folds[0].Test, Create($"groups:{file}", samples, 2).Folds[0].Test);
    }

    [Fact]
    public void Groups_UnknownTracks_AreCountedAndUngroupedLeftOut()
    {
        var file = Write("groups", "blues.00000\ta", "blues.00001\tb", "rock.00000\tc", "rock.00001\td", "jazz.00000\te",
            "rock.00001\td");
        var split = Create($"groups:{file}", Rows(3, 2));
        Assert.Equal([$"1 of the tracks that '{file}' lists are not in the data",
            $"1 tracks (1 rows) have no group in '{file}' and were left out"], split.Notes);
        Assert.DoesNotContain(2, split.Folds[0].Train.Concat(split.Folds[0].Test));
        Assert.StartsWith($"groups:{file}: every group on one side, about 20% tested, seed 1", split.Protocol);
    }

    [Theory]
    [InlineData("blues.00000", "line 2 is 'blues.00000'; expected a track, a tab and its group")]
    [InlineData("blues.00000 a", "line 2 is 'blues.00000 a'")]
    [InlineData("blues.00000\t", "line 2 is 'blues.00000\t'")]
    [InlineData("\ta", "line 2 is '\ta'")]
    [InlineData("blues.00000\ta\tb", "line 2 is 'blues.00000\ta\tb'")]
    [InlineData("blues/blues.00009.wav\tother", "line 2 puts track 'blues.00009' into group 'other'; it is in 'a' already")]
    public void Groups_MalformedLine_NamesFileAndLine(string line, string message)
    {
        var file = Write("groups", "blues.00009\ta", line);
        Assert.Contains($"'{file}', {message}", Message($"groups:{file}", Rows(10, 10)));
    }

    [Fact]
    public void Groups_GenreThatCannotBeSplit_NamesIt()
    {
        var one = Write("one", "blues.00000\ta", "blues.00001\ta", "rock.00000\tb", "rock.00001\tc");
        Assert.Equal($"Split: 'groups:{one}' needs at least 2 groups of every genre; 'blues' has 1.",
            Message($"groups:{one}", Rows(2, 2)));
        var none = Write("none", "blues.00000\ta", "blues.00001\tb");
        Assert.Equal($"Split: '{none}' groups tracks of 1 genres of the data; at least two are needed.",
            Message($"groups:{none}", Rows(2, 2)));
        Assert.Contains("cannot read the list", Message($"groups:{_folder["missing"]}", Rows(2, 2)));

        // Blues is a and b, rock b and c, pop c and a: whichever side a takes, b and c cannot both differ from it and each other.
        var cycle = Write("cycle", "blues.00000\ta", "blues.00001\tb", "rock.00000\tb", "rock.00001\tc", "pop.00000\tc",
            "pop.00001\ta");
        Assert.Contains(
            "on both sides: its 2 tracks share groups with other genres",
            Message($"groups:{cycle}", [.. Rows(2, 2), new(new("pop.00000"), "pop"), new(new("pop.00001"), "pop")]));
    }
}
