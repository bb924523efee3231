using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Plots.Runs;

/// <summary>The objective of a search against each parameter: one plot beside the other over the same vertical axis.</summary>
internal static class ParametersPlot
{
    private const int PanelWidth = 250, Chrome = 120, Height = 420;
    private const double GapPixels = 26;

    /// <summary>Draws the trials that have a result.</summary>
    /// <param name="heading">The search.</param>
    /// <param name="parameters">What was searched.</param>
    /// <param name="trials">Its trials.</param>
    /// <param name="size">The size in pixels; null: 250 for each parameter.</param>
    /// <exception cref="EngineException">No trial has a result, or one lacks a parameter.</exception>
    public static Figure Draw(
        RunHeading heading, IReadOnlyList<SearchParameter> parameters, IReadOnlyList<Trial> trials, FigureSize? size = null)
    {
        var done = TrialsPlot.Done(heading, trials);
        var given = size?.AtLeast(Chrome + 120 * parameters.Count, 280)
            ?? new(Math.Clamp(Chrome + PanelWidth * parameters.Count, 520, FigureSize.Largest), Height);
        var best = done.MaxBy(t => t.Accuracy)!;
        var remark = $"{done.Length} trials; diamond: the best, trial {best.Number}";
        var model = Style.NewModel(
            heading.Title("Searched parameters", given.Width), heading.Subtitle(given.Width, remark));
        var (low, high) = (done.Min(t => t.Accuracy!.Value), best.Accuracy!.Value);
        var margin = TrialsPlot.Margin(low, high);
        model.Axes.Add(TrialsPlot.AccuracyAxis(low - margin, high + margin));
        var gap = GapPixels / given.Width;
        var share = (1 - gap * (parameters.Count - 1)) / parameters.Count;
        for (var p = 0; p < parameters.Count; p++)
        {
            var axis = Place(parameters[p], done, out var places);
            (axis.Key, axis.Position) = ($"parameter-{p}", AxisPosition.Bottom);
            (axis.StartPosition, axis.EndPosition) = (p * (share + gap), Math.Min(1, p * (share + gap) + share));
            axis.Title = Ending(parameters[p].Path, (given.Width - Chrome) * share / Style.FontSize);
            model.Axes.Add(Style.Dress(axis));
            model.Series.Add(On(axis, TrialsPlot.Points(places, done.Select(t => t.Accuracy!.Value), "trial", MarkerType.Circle,
                Style.Series[0])));
            var place = places[Array.IndexOf(done, best)];
            var mark = TrialsPlot.Points([place], [high], "best", MarkerType.Diamond, Style.Series[1]);
            (mark.MarkerSize, mark.MarkerFill) = (6, Style.Series[1]);
            model.Series.Add(On(axis, mark));
        }

        return new(model, given.Width, given.Height,
            $"Inner accuracy of {done.Length} trials against {string.Join(", ", parameters.Select(p => p.Path))}.");
    }

    private static ScatterSeries On(Axis axis, ScatterSeries series)
    {
        series.XAxisKey = axis.Key;
        return series;
    }

    // Numbers at their value, on a logarithmic axis if they were searched so; categories side by side.
    private static Axis Place(SearchParameter parameter, Trial[] trials, out double[] places)
    {
        var values = trials.Select(t => t.Values.TryGetValue(parameter.Path, out var value) ? value
            : throw new EngineException($"trial {t.Number} has no value for {parameter.Path}.")).ToArray();
        if (parameter is not CategoricalParameter && values.All(v => v.ValueKind == JsonValueKind.Number))
        {
            places = [.. values.Select(v => v.GetDouble())];
            var (low, high, log) = parameter switch
            {
                RealParameter real => (real.Low, real.High, real.Log),
                IntegerParameter integer => ((double)integer.Low, integer.High, integer.Log),
                _ => (places.Min(), places.Max(), false),
            };
            var room = log ? Math.Pow(high / low, 0.03) : 0.03 * (high - low);
            return log ? new LogarithmicAxis { Minimum = low / room, Maximum = high * room }
                : new LinearAxis { Minimum = low - room, Maximum = high + room, MaximumPadding = 0 };
        }

        string[] texts = [.. values.Select(v => v.ToString())];
        string[] names = [.. texts.Distinct().Order(StringComparer.Ordinal)];
        places = [.. texts.Select(t => Array.IndexOf(names, t) + 0.5)];
        var axis = Names.Axis([.. names.Select(Names.Short)]);
        if (names.Length > 3 || Names.Widest(names) * names.Length > PanelWidth * 0.8) axis.Angle = -45;
        return axis;
    }

    // The end of a path says more than its beginning.
    private static string Ending(string path, double width)
    {
        if (TextWidths.Width(path) <= width) return path;
        for (var from = 1; from < path.Length; from++)
        {
            if (TextWidths.Width("…" + path[from..]) <= width) return "…" + path[from..];
        }

        return path;
    }
}
