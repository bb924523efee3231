using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>A bar as long as a share, beside the number that says the same.</summary>
internal static class ShareBar
{
    /// <summary>The bar.</summary>
    public static Element Of(double share) =>
        Div(Span().With("style", $"width:{Numbers.Css(share)}")).Class("bar").With("aria-hidden", "true");
}
