using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>The warning on every page whose figures come from a leaky split.</summary>
internal static class LeakyBanner
{
    /// <summary>The warning.</summary>
    public static Element Of() => P(Strong("LEAKY"), " Tracks of the training set were also tested; the figures are far better "
        + "than for new songs.").Class("leaky");
}
