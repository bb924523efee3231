using OxyPlot;
using OxyPlot.Axes;

namespace Engine.Plots.Figures;

/// <summary>Colours, fonts and line widths that all pictures share.</summary>
internal static class Style
{
    /// <summary>Sans-serif faces; the first that the viewer has is used.</summary>
    public const string Font = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif";

    /// <summary>Size of labels, in pixels.</summary>
    public const double FontSize = 12;

    /// <summary>Size of titles, which are bold, in pixels.</summary>
    public const double TitleSize = 15;

    /// <summary>Text, axes and ticks. No series has it: <see cref="Output.SvgText"/> replaces it on dark pages.</summary>
    public static readonly OxyColor Ink = OxyColor.FromRgb(0x20, 0x24, 0x2A);

    /// <summary>Grid lines: half transparent, so that they show on light and dark paper.</summary>
    public static readonly OxyColor Grid = OxyColor.FromArgb(0x40, 0x80, 0x88, 0x90);

    /// <summary>Behind everything.</summary>
    public static readonly OxyColor Paper = OxyColors.White;

    /// <summary>
    /// Colours of series, which the colour-blind can tell apart: Okabe and Ito, Color Universal Design, 2008; their black and
    /// yellow, which vanish on dark or light paper, replaced by grey and ochre.
    /// </summary>
    public static readonly OxyColor[] Series =
    [
        OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0x56, 0xB4, 0xE9),
        OxyColor.FromRgb(0x8C, 0x8C, 0x8C), OxyColor.FromRgb(0xA6, 0x8A, 0x10),
    ];

    /// <summary>For values that only grow: spectrograms and matrices of counts.</summary>
    public static readonly OxyPalette Sequential = OxyPalettes.Viridis(256);

    /// <summary>For levels in decibels.</summary>
    public static readonly OxyPalette Levels = OxyPalettes.Magma(256);

    /// <summary>For values from -1 to 1: blue, light grey, vermilion, which the colour-blind can tell apart.</summary>
    public static readonly OxyPalette Signed = OxyPalette.Interpolate(
        255, OxyColor.FromRgb(0x08, 0x3C, 0x7D), OxyColor.FromRgb(0x4F, 0x97, 0xCB), OxyColor.FromRgb(0xF4, 0xF4, 0xF4),
        OxyColor.FromRgb(0xE8, 0x8A, 0x4A), OxyColor.FromRgb(0x9A, 0x34, 0x04));

    /// <summary>A plot without series and axes; titles are escaped by the writer.</summary>
    public static PlotModel NewModel(string title, string? subtitle = null) => new()
    {
        Title = title,
        Subtitle = subtitle,
        DefaultFont = Font,
        DefaultFontSize = FontSize,
        TitleFontSize = TitleSize,
        TitleFontWeight = FontWeights.Bold,
        SubtitleFontSize = FontSize,
        TextColor = Ink,
        TitleColor = Ink,
        SubtitleColor = Ink,
        Background = Paper,
        PlotAreaBorderThickness = new(0),
        DefaultColors = [.. Series],
        Padding = new(10),
    };

    /// <summary>Gives an axis the colours of all axes.</summary>
    public static T Dress<T>(T axis)
        where T : Axis
    {
        axis.AxislineStyle = LineStyle.Solid;
        axis.AxislineColor = axis.TicklineColor = axis.MinorTicklineColor = axis.TitleColor = axis.TextColor = Ink;
        axis.MajorGridlineColor = Grid;
        axis.TickStyle = TickStyle.Outside;
        axis.MajorTickSize = 5;
        axis.MinorTickSize = 0;
        axis.AxisTitleDistance = 6;
        axis.IsPanEnabled = axis.IsZoomEnabled = false;
        return axis;
    }
}
