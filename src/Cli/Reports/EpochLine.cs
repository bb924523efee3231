using System.Globalization;
using Engine.Pipeline.Runs;

namespace Engine.Cli.Reports;

/// <summary>An epoch's figures in one line, in words that fit the terminal.</summary>
internal static class EpochLine
{
    // What long and short words need, with three-digit epochs.
    private const int WideColumns = 96, NarrowColumns = 70;

    /// <summary>The line; the learning rate is there if it is not <paramref name="rateBefore"/>.</summary>
    public static string Of(TrainingEpoch epoch, double? rateBefore, int columns)
    {
        var record = epoch.Record;
        var isWide = columns >= WideColumns;
        var (accuracy, valid) = isWide ? ("accuracy", "valid loss") : ("acc", "valid");
        var round = epoch.Rounds > 1 ? $"round {epoch.Round}/{epoch.Rounds}  " : "";
        var number = record.Epoch.ToString(CultureInfo.InvariantCulture)
            .PadLeft(epoch.Epochs.ToString(CultureInfo.InvariantCulture).Length);
        var validation = record.ValidLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $"  {valid} {loss:0.0000} {accuracy} {record.ValidAccuracy:0.000}")
            : "";
        var rate = record.LearningRate == rateBefore
            ? "" : string.Create(CultureInfo.InvariantCulture, $"  rate {record.LearningRate:0.######}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{round}{(columns < NarrowColumns ? "" : "epoch ")}{number}/{epoch.Epochs}  loss {record.Loss:0.0000} {accuracy} "
                + $"{record.Accuracy:0.000}{validation}  {Seconds(record.Seconds)}{rate}");
    }

    private static string Seconds(double seconds) =>
        seconds < 100 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s") : ProgressText.Time(
            TimeSpan.FromSeconds(seconds));
}
