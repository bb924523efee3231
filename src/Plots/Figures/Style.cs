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

    /// <summary>Text, axes and ticks. No series has this colour: <see cref="Output.SvgText"/> replaces it on dark pages.</summary>
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

    /// <summary>A mean beside the series it is of: dark grey-violet, which shows on light and dark paper.</summary>
    public static readonly OxyColor Mean = OxyColor.FromRgb(0x6A, 0x51, 0xA3);

    /// <summary>Intervals on bars of the first series' colour: seen on them, and on light and dark paper.</summary>
    public static readonly OxyColor Whisker = OxyColor.FromRgb(0xE0, 0x7A, 0x10);

    /// <summary>For values that only grow: spectrograms and matrices of counts.</summary>
    public static readonly OxyPalette Sequential = OxyPalettes.Viridis(256);

    /// <summary>For levels in decibels.</summary>
    public static readonly OxyPalette Levels = OxyPalettes.Magma(256);

    /// <summary>For shares from 0 to 1 behind numbers: from the paper's colour to dark blue.</summary>
    public static readonly OxyPalette Shares = OxyPalette.Interpolate(
        256, OxyColor.FromRgb(0xF4, 0xF8, 0xFC), OxyColor.FromRgb(0xB5, 0xD3, 0xEA), OxyColor.FromRgb(0x56, 0x9F, 0xD0),
        OxyColor.FromRgb(0x14, 0x5F, 0xA8), OxyColor.FromRgb(0x06, 0x2B, 0x61));

    /// <summary>For values from -1 to 1: blue, light grey, vermilion, which the colour-blind can tell apart.</summary>
    public static readonly OxyPalette Signed = OxyPalette.Interpolate(
        255, OxyColor.FromRgb(0x08, 0x3C, 0x7D), OxyColor.FromRgb(0x4F, 0x97, 0xCB), OxyColor.FromRgb(0xF4, 0xF4, 0xF4),
        OxyColor.FromRgb(0xE8, 0x8A, 0x4A), OxyColor.FromRgb(0x9A, 0x34, 0x04));

    /// <summary>The colour of text on a ground: black or white, whichever differs more (WCAG 2's relative luminance).</summary>
    public static OxyColor TextOn(OxyColor ground)
    {
        static double Linear(byte part) => part <= 10 ? part / 3294.6 : Math.Pow((part / 255.0 + 0.055) / 1.055, 2.4);
        var luminance = 0.2126 * Linear(ground.R) + 0.7152 * Linear(ground.G) + 0.0722 * Linear(ground.B);
        return luminance > 0.179 ? OxyColors.Black : OxyColors.White;
    }

    /// <summary>A plot without series and axes; titles are escaped by the writer.</summary>
    public static PlotModel NewModel(string title, string? subtitle = null) => new()
    {
        Title = title,
        Subtitle = subtitle,
        DefaultFont = Font,
        DefaultFontSize = FontSize,
        TitleFontSize = TitleSize,
        TitleFontWeight = FontWeights.Bold,
        // A legend or a colour bar beside the plot would leave less room for the title than the picture has.
        TitleHorizontalAlignment = TitleHorizontalAlignment.CenteredWithinView,
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
