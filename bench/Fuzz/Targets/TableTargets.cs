using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.Data;

namespace Engine.Fuzzing.Targets;

/// <summary>A feature table; what is read is written and read back to the same rows.</summary>
internal sealed class TableTarget(string name, string folder) : Target(name)
{
    private readonly string _path = Path.Combine(folder, "fuzz.csv"), _copy = Path.Combine(folder, "copy.csv");

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. ((string[])[
            "filename,length,a,b,label\nblues.00000.wav,661794,0.5,-1e-5,blues\nblues.00000.1.wav,661794,1,2,blues\n"
                + "\"x, y.wav\",1,3,4,\"Zoë \"\"q\"\"\"\n",
            "a,filename,label\r\n1.5,x.wav,rock\r\n",
            "filename,label\nx.wav,rock\n",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public override IMutation Mutation { get; } = Mutations("filename", "length", "label", "track", "blues.00000.wav", "661794");

    public override string InputName => _path;

    // A row of fields becomes strings, a list and a dictionary.
    public override double AllocationPerByte => 128;

    public override bool IsDocumented(Exception e) => e is EngineException;

    /// <summary>What is done to files of comma-separated values.</summary>
    public static IMutation Mutations(params string[] words)
    {
        var bytes = new ByteMutation([",", "\"", "\n", "\r\n", .. words]);
        return new Mixed((4, new LineMutation(',', bytes, words)), (1, bytes));
    }

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return FeatureTable.Read(_path);
    }

    public override void Check(object parsed)
    {
        var table = (FeatureTable)parsed;
        Require(table.Values.Data.All(double.IsFinite), "a value is not finite");
        table.Write(_copy);
        var again = FeatureTable.Read(_copy);
        Require(again.Columns.SequenceEqual(table.Columns), "the columns read back as others");
        Require(again.Rows.Select(r => (r.FileName, r.Label)).SequenceEqual(table.Rows.Select(r => (r.FileName, r.Label))),
            "the rows read back as others");
        Require(again.Values.Data.AsSpan().SequenceEqual(table.Values.Data), "the values read back as others");
    }
}

/// <summary>Tracks as the lists of a split name them.</summary>
internal static class ListSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. from genre in new[] { "blues", "rock" }
           from number in Enumerable.Range(0, 6)
           select new Sample(TrackId.Of($"{genre}/{genre}.{number:00000}.wav", genre), genre),
        new(TrackId.OfPath("rock/Zoë (live).flac"), "rock"),
    ];
}

/// <summary>A list of tracks of <c>files:</c>: nothing is on two sides, and nothing is made up.</summary>
internal sealed class ListTarget : Target
{
    private readonly string _path, _test;

    public ListTarget(string name, string folder) : base(name)
    {
        (_path, _test) = (Path.Combine(folder, "train.txt"), Path.Combine(folder, "test.txt"));
        File.WriteAllText(_test, "blues.00005\nrock.00005\n");
    }

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes("blues.00000\nblues/blues.00001.wav\tnote\nrock.00001.au\nrock/Zoë (live).flac\nrock.00002\n"),
    ];

    public override IMutation Mutation { get; } = new Mixed(
        (3, new LineMutation('\t', new ByteMutation(".", "/", "\\", "./"), "blues.00003.wav", "rock.00004", "blues.00005.wav",
            "rock.00001.3.wav")), (1, new ByteMutation("blues.", ".wav")));

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return Splits.Create(SplitSpec.Parse($"files:{_path},{_test}"), ListSamples.All, 1);
    }

    public override void Check(object parsed)
    {
        var fold = ((Split)parsed).Folds.Single();
        Require(fold.Train.Length > 0 && fold.Test.Length > 0, "a side is empty");
        Require(!fold.Train.Intersect(fold.Test).Any(), "a track is on both sides");
    }
}

/// <summary>A list of tracks and groups of <c>groups:</c>.</summary>
internal sealed class GroupsTarget(string name, string folder) : Target(name)
{
    private readonly string _path = Path.Combine(folder, "fuzz.tsv");

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes(string.Concat(ListSamples.All.Select((s, i) => $"{s.Track}\tartist {i / 2 % 3}{s.Genre[0]}\n"))),
    ];

    public override IMutation Mutation { get; } = new Mixed(
        (3, new LineMutation('\t', new ByteMutation(".", "/"), "blues.00003.wav", "rock.00004", "artist 0b", "artist 1r")),
            (1, new ByteMutation("\t", "blues.")));

    public override string InputName => _path;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return Splits.Create(SplitSpec.Parse($"groups:{_path}"), ListSamples.All, 1);
    }

    public override void Check(object parsed)
    {
        var fold = ((Split)parsed).Folds.Single();
        Require(fold.Train.Length > 0 && fold.Test.Length > 0, "a side is empty");
        Require(!fold.Train.Intersect(fold.Test).Any(), "a track is on both sides");
    }
}
