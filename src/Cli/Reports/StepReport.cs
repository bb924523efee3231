using System.Globalization;
using Engine.Cli.Text;
using Engine.Nn.Training;

namespace Engine.Cli.Reports;

/// <summary>What the steps of a training consist of, as text for people.</summary>
internal static class StepReport
{
    private static readonly (StepPhase Phase, string Name)[] s_phases =
    [
        (StepPhase.Forward, "forward"), (StepPhase.Backward, "backward"), (StepPhase.Exchange, "exchange, waited for"),
        (StepPhase.Optimizer, "optimiser"), (StepPhase.Reading, "reading, waited for"),
    ];

    /// <summary>The report; the shares are of the time of all phases.</summary>
    public static string Of(StepProfile profile, Layout layout)
    {
        var text = new ReportText(layout);
        if (profile.Steps == 0) return text.Field("steps", "none were made").ToString();
        text.Field("steps", string.Create(CultureInfo.InvariantCulture,
            $"{profile.Steps} of {Milliseconds(profile.Total, profile)} ms; {profile.BytesSent / profile.Steps} bytes sent in ") +
            "each");
        var table = new TextTable("phase", ">seconds", ">ms per step", ">share");
        foreach (var (phase, name) in s_phases)
        {
            var seconds = profile[phase];
            table.Add(name, seconds.ToString("0.000", CultureInfo.InvariantCulture), Milliseconds(seconds, profile),
                (seconds / profile.Total).ToString("0.0 %", CultureInfo.InvariantCulture));
        }

        return text.Table(table, 2).ToString();
    }

    private static string Milliseconds(double seconds, StepProfile profile) =>
        (1000 * seconds / profile.Steps).ToString("0.000", CultureInfo.InvariantCulture);
}
