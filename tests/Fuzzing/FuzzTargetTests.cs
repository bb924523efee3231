using Engine.Fuzzing;
using Engine.Fuzzing.Targets;
using Engine.Tests.Support;

namespace Engine.Tests.Fuzzing;

/// <summary>A small campaign on every target of <c>bench/Fuzz</c>, so that they stay in step with the parsers.</summary>
public class FuzzTargetTests
{
    private const int Cases = 2000;

    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(120);

    public static TheoryData<string> Targets => [.. Catalog.Names.Except(["command", "vorbis"])];

    [Theory, MemberData(nameof(Targets))]
    public void Target_TwoThousandCases_NothingFound(string name) => NothingFound(name, Cases);

    // A command line builds every command with the help of each option: it costs as much as a hundred texts.
    [Fact]
    public void CommandTarget_TwoHundredCases_NothingFound() => NothingFound("command", Cases / 10);

    // Each case builds codebooks and tables.
    [Fact]
    public void VorbisTarget_TwoHundredCases_NothingFound() => NothingFound("vorbis", Cases / 10);

    [Fact]
    public void Campaign_SameSeed_SameCases()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(Inputs(1), Inputs(1));
        Assert.NotEqual(Inputs(1), Inputs(2));

        string[] Inputs(int seed)
        {
            using var target = Catalog.Create("split", folder.Path);
            var campaign = new Campaign(target, new Coverage(), seed, [], double.PositiveInfinity);
            campaign.Run(300, TimeSpan.MaxValue);
            return [.. campaign.Corpus.Select(Convert.ToHexString)];
        }
    }

    [Fact]
    public void Verdict_EveryKindOfFault_IsNamed()
    {
        Assert.Null(Fault(_ => null));
        Assert.Null(Fault(_ => throw new InvalidDataException("x.bin: too short.")));
        Assert.Contains("not documented", Fault(_ => throw new InvalidOperationException("x.bin")));
        Assert.Contains("does not name the input", Fault(_ => throw new InvalidDataException("too short.")));
        Assert.Contains("characters", Fault(_ => throw new InvalidDataException("x.bin" + new string('x', 2000))));
        Assert.Contains("allocate", Fault(_ => new byte[1 << 20]));
        Assert.Equal("broken", Fault(_ => "broken"));

        static string? Fault(Func<byte[], object?> parse)
        {
            using var target = new Stub(parse);
            return Verdict.Of(target, [1, 2, 3]).Fault;
        }
    }

    [Fact]
    public void Minimizer_LeavesWhatTheFaultNeeds()
    {
        var input = new byte[1000];
        (input[300], input[700]) = (7, 9);
        var smallest = new Minimizer(bytes => bytes.AsSpan().IndexOf((byte)7) is >= 0 and var at
            && bytes.AsSpan(at).Contains((byte)9)).Run(input);
        Assert.Equal([7, 9], smallest);
    }

    private static void NothingFound(string name, int cases)
    {
        // In memory where there is such a place: writers wait for the disk.
        using var sandbox = new Sandbox();
        Tally? tally = null;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var target = Catalog.Create(name, sandbox.Inputs(name));
                tally = new Campaign(target, new Coverage(), seed: 1, [], double.PositiveInfinity).Run(cases, TimeSpan.MaxValue);
            }
            catch (Exception e)
            {
                error = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_hang), $"{name}: no end after {s_hang.TotalSeconds} s.");
        Assert.Null(error);
        Assert.True(tally!.Findings.Count == 0, string.Join('\n',
            tally.Findings.Select(f => $"{f.Fault}\n  {name} --base64 {Convert.ToBase64String(f.Input)}")));
        Assert.Equal(cases, tally.Cases);
    }

    private sealed class Stub(Func<byte[], object?> parse) : Target("stub")
    {
        public override IReadOnlyList<byte[]> Seeds => [];

        public override Engine.Fuzzing.Mutation.IMutation Mutation => new Engine.Fuzzing.Mutation.ByteMutation();

        public override string InputName => "x.bin";

        public override bool IsDocumented(Exception e) => e is InvalidDataException;

        public override object? Parse(byte[] bytes) => parse(bytes);

        public override void Check(object parsed) => Require(parsed is not "broken", "broken");
    }
}
