using System.Text;
using Engine.Cli;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Nn.Training;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Terminal;

/// <summary>What progress writes to a terminal and to a log, by a clock that the test sets.</summary>
public class ProgressTests
{
    private const string Warning = "engine: warning: b.wav is damaged.\n";

    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(3, 60, 40, "epoch 3/60 ━───────── 5 % 1:04 left")]
    [InlineData(0, 60, 40, "epoch 0/60 ────────── 0 % 0:12")]
    [InlineData(59, 60, 40, "epoch 59/60 ━━━━━━━━━─ 98 % 1:04 left")]
    [InlineData(60, 60, 40, "epoch 60/60 ━━━━━━━━━━ 100 % 1:04 left")]
    [InlineData(1234567, 9999999, 80, "epoch 1234567/9999999 12 % 1:04 left")]
    [InlineData(3, 60, 30, "epoch 3/60 ━─── 5 % 1:04 left")]
    [InlineData(3, 60, 20, "epoch 3/60 5 % 1:0…")]
    public void Line_FitsInto40Columns(int done, int total, int columns, string line)
    {
        var state = new ProgressState(
            "epoch", done, total, TimeSpan.FromSeconds(12), done == 0 ? null : TimeSpan.FromSeconds(64.9));
        Assert.Equal(line, ProgressText.Line(state, new(() => columns, true, false), Encoding.UTF8));
        Assert.InRange(line.Length, 1, Math.Min(40, columns - 1));
    }

    [Fact]
    public void Line_WithColours_IsGreenUpToWhereItIs() => Assert.Equal(
        "epoch 3/4 \e[32m━━━━━━━━\e[90m──\e[0m 75 % 0:01 left",
        ProgressText.Line(State(3, 4), new(() => 80, true, true), Encoding.UTF8));

    [Fact]
    public void Line_WithoutUnicode_IsAscii() => Assert.Equal(
        "epoch 3/4 ########.. 75 % 0:01 left", ProgressText.Line(State(3, 4), Screen.Standard, Encoding.ASCII));

    [Theory]
    [InlineData(0.4, "0:00")]
    [InlineData(64.9, "1:04")]
    [InlineData(3599, "59:59")]
    [InlineData(3600, "1:00:00")]
    [InlineData(360_061, "100:01:01")]
    public void Time_IsMinutesAndSeconds(double seconds, string text) =>
        Assert.Equal(text, ProgressText.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Clock_EstimatesByTheMeanTimeOfWhatItSawDone()
    {
        var clock = new ProgressClock(_clock);
        clock.Begin("training");
        _clock.Advance(8);
        // Resumed: the first thirty were done before.
        clock.Count("epoch", 31, 60);
        Assert.Equal(29 * 8, clock.Now().Left!.Value.TotalSeconds);
        _clock.Advance(4);
        clock.Count("epoch", 32, 60);
        Assert.Equal(28 * 6, clock.Now().Left!.Value.TotalSeconds);
        _clock.Advance(100);
        Assert.Equal(68, clock.Now().Left!.Value.TotalSeconds);
        _clock.Advance(100);
        Assert.Equal(0, clock.Now().Left!.Value.TotalSeconds);
    }

    [Fact]
    public void Show_OnATerminal_IsOneLineBelowTheOutput()
    {
        using var glass = new Glass();
        var session = Session(glass, isTerminal: true);
        var result = Progress.Show(session, "recording", "training", (recordings, epochs) =>
        {
            Assert.Equal("", glass.Shown);
            _clock.Advance(0.5);
            Assert.Equal("training 0:00", glass.Shown);
            recordings.Report(new(1, 4, "a.wav"));
            _clock.Advance(0.5);
            Assert.Equal("recording 1/4 ━━━─────── 25 % 0:01 left", glass.Shown);
            session.Warn("b.wav is damaged.");
            Assert.Equal("engine: warning: b.wav is damaged.\nrecording 1/4 ━━━─────── 25 % 0:01 left", glass.Shown);
            for (var i = 2; i <= 4; i++) recordings.Report(new(i, 4, "b.wav"));
            _clock.Advance(3);
            Assert.EndsWith("\ntraining 0:03", glass.Shown);
            epochs.Report(Epoch(1, 2));
            _clock.Advance(1);
            Assert.Equal(
                Warning + "epoch 1/2  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s  rate 0.001\n"
                    + "epoch 1/2 ━━━━━───── 50 % 0:02 left", glass.Shown);
            epochs.Report(Epoch(2, 2));
            return 7;
        });
        Assert.Equal(7, result);
        Assert.Equal(
            Warning + "epoch 1/2  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s  rate 0.001\n"
                + "epoch 2/2  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s\n", glass.Shown);
        Assert.EndsWith("\r", glass.ToString());
    }

    [Fact]
    public void Show_WorkThatFails_LeavesTheLineEmpty()
    {
        using var glass = new Glass();
        Assert.Throws<OperationCanceledException>(() => Progress.Show<int>(Session(glass, true), "track", "writing", _ =>
        {
            _clock.Advance(1);
            throw new OperationCanceledException();
        }));
        _clock.Advance(100);
        Assert.Equal("", glass.Shown);
    }

    [Fact]
    public void Show_InALog_IsALineEveryHalfMinute()
    {
        using var log = new StringWriter();
        Progress.Show(Session(log, isTerminal: false), "recording", "testing", recordings =>
        {
            recordings.Report(new(1, 4, "a.wav"));
            _clock.Advance(29);
            Assert.Equal("", log.ToString());
            recordings.Report(new(2, 4, "b.wav"));
            _clock.Advance(32);
            recordings.Report(new(3, 4, "c.wav"));
            recordings.Report(new(4, 4, "d.wav"));
            _clock.Advance(30);
            return 0;
        });
        _clock.Advance(100);
        Assert.Equal(
            ["recording 2/4 50 % 0:28 left", "recording 2/4 50 % 0:00 left", "testing 0:29", ""],
            log.ToString().Split(Environment.NewLine));
    }

    [Theory]
    [InlineData(true, "song 30/100 ━━━─────── 2.0/s 0:20 left")]
    [InlineData(false, "song 30/100 30 % 2.0/s 0:20 left")]
    public void ShowRate_TellsHowManyASecond(bool isTerminal, string line)
    {
        using var glass = new Glass();
        Progress.ShowRate(Session(glass, isTerminal), "song", "predicting", songs =>
        {
            _clock.Advance(15);
            for (var i = 1; i <= 30; i++) songs.Report(new(i, 100, "a.wav"));
            _clock.Advance(15);
            Assert.Equal(line, glass.Shown.TrimEnd());
            return 0;
        });
    }

    [Fact]
    public void Show_OnADumbTerminal_IsAsInALog()
    {
        using var log = new StringWriter();
        var session = new Session(TextWriter.Null, log, false, errorIsTerminal: true, CancellationToken.None)
        {
            Clock = _clock,
            Screen = Screen.Standard with { CanOverwrite = false },
        };
        Progress.ShowSteps(session, "recording", "tuning", "trial", (_, trials) =>
        {
            trials.Report(new(1, 2, "accuracy 0.5\e[31m"));
            _clock.Advance(30);
            return 0;
        });
        Assert.Equal($"1/2  accuracy 0.5\\u001b[31m\ntrial 1/2 50 % 0:00 left\n".ReplaceLineEndings(), log.ToString());
    }

    [Fact]
    public void All_CountsWhatComes()
    {
        using var glass = new Glass();
        Assert.Equal([0, 1, 2], Progress.All(Session(glass, true), "check", 3, Items()));
        Assert.Equal("", glass.Shown);

        IEnumerable<int> Items()
        {
            for (var i = 0; i < 3; i++)
            {
                _clock.Advance(1);
                Assert.StartsWith($"check {i}/3 ", glass.Shown);
                yield return i;
            }
        }
    }

    [Fact]
    public void Status_TextWithoutALineEnd_TakesTheLine()
    {
        using var glass = new Glass();
        using var status = new StatusLine(glass);
        status.Show("epoch 1/2", 20);
        status.Write("half");
        Assert.Equal("half", glass.Shown);
        status.Write(" a line\n");
        status.Show("epoch 2/2", 20);
        Assert.Equal("half a line\nepoch 2/2", glass.Shown);
    }

    [Fact]
    public void Status_ResultsOnTheSameTerminal_GoAboveIt()
    {
        using var glass = new Glass();
        using var status = new StatusLine(glass);
        status.Show("song 1/2", 20);
        status.Above(() => glass.Write("a.wav  jazz\n"));
        Assert.Equal("a.wav  jazz\nsong 1/2", glass.Shown);
    }

    [Theory]
    [InlineData(60, null, " 3/60  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s  rate 0.001")]
    [InlineData(60, 0.001, " 3/60  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s")]
    [InlineData(80, 0.002, "epoch  3/60  loss 2.5000 acc 0.250  valid 2.2500 acc 0.300  0.50 s  rate 0.001")]
    [InlineData(150, 0.001, "epoch  3/60  loss 2.5000 accuracy 0.250  valid loss 2.2500 accuracy 0.300  0.50 s")]
    public void EpochLine_FitsAndNamesARateThatChanged(int columns, double? before, string line)
    {
        Assert.Equal(line, EpochLine.Of(Epoch(3, 60), before, columns));
        if (before == 0.001) Assert.InRange(line.Length, 1, columns);
    }

    [Fact]
    public void EpochLine_OfRounds_NamesTheRound() => Assert.StartsWith(
        "round 2/10  epoch  3/60  loss", EpochLine.Of(Epoch(3, 60) with { Round = 2, Rounds = 10 }, null, int.MaxValue));

    private Session Session(TextWriter error, bool isTerminal) =>
        new(TextWriter.Null, error, outputIsTerminal: false, isTerminal, CancellationToken.None) { Clock = _clock };

    private static ProgressState State(int done, int total) =>
        new("epoch", done, total, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

    private static TrainingEpoch Epoch(int epoch, int epochs) =>
        new(1, 1, epochs, new EpochRecord(epoch, 2.5, 0.25, 2.25, 0.3, 0.001, 0.5, 100));
}
