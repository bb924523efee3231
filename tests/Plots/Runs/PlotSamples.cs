using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Output;
using Engine.Plots.Runs;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Engine.Tests.Plots.Runs;

/// <summary>Small data to draw, and what is on a figure.</summary>
internal static class PlotSamples
{
    public static readonly RunHeading Heading = new("gtzan57-svm", "stratified: 24 training and 9 test tracks", Leaky: false);

    public static readonly string[] Genres = ["jazz", "演歌", "موسيقى"];

    /// <summary>Nine rows of three genres with ties; the references of scikit-learn in the tests are of these.</summary>
    public static readonly PooledRounds Tested = new(
        new FeatureMatrix(9, 3,
        [
            .7, .2, .1, .5, .3, .2, .2, .5, .3, .3, .4, .3, .2, .6, .2, .4, .4, .2, .1, .2, .7, .3, .3, .4, .5, .1, .4,
        ]),
        [0, 0, 0, 1, 1, 1, 2, 2, 2], Genres);

    public static MetricsReport Report => Metrics.Compute(Tested.Probabilities, Tested.Labels, Genres);

    /// <summary>Rows of three columns; <paramref name="genres"/> take turns.</summary>
    public static RunColumns Columns(int rows, params string[] genres)
    {
        var values = new FeatureMatrix(rows, 3);
        for (var i = 0; i < rows; i++)
        {
            var g = i % genres.Length;
            values.Row(i)[0] = Math.Sin(i * 1.3) + g;
            values.Row(i)[1] = Math.Cos(i * 0.7) + (g == 2 ? 2 : 0);
            values.Row(i)[2] = Math.Sin(i * 2.1 + g);
        }

        return new("f.csv", ["tempo", "rms_mean", "mfcc1_var"], values,
            [.. Enumerable.Range(0, rows).Select(i => genres[i % genres.Length])]);
    }

    /// <summary>The axis at the bottom or left that has this title.</summary>
    public static Axis AxisOf(Figure figure, string title) => Assert.Single(figure.Model.Axes, a => a.Title == title);

    /// <summary>The series with this title.</summary>
    public static T SeriesOf<T>(Figure figure, string title)
        where T : Series => Assert.Single(figure.Model.Series.OfType<T>(), s => s.Title == title);

    /// <summary>
    /// Draws the figure, which gives its axes their ticks, and asserts that no text begins or, if it is not turned, ends outside.
    /// </summary>
    public static void Drawn(Figure figure)
    {
        foreach (var text in XDocument.Parse(SvgText.Document(figure)).Descendants().Where(e => e.Name.LocalName == "text"))
        {
            var turned = Regex.Match((string)text.Attribute("transform")!, @"translate\(([-\d.]+),([-\d.]+)\)");
            double Number(int group) => double.Parse(turned.Groups[group].Value, CultureInfo.InvariantCulture);
            var (x, y) = (Number(1), Number(2));
            Assert.InRange(y, 0, figure.Height);
            Assert.InRange(x, 0, figure.Width);
            if (((string)text.Attribute("transform")!).Contains("rotate")) continue;
            var size = double.Parse(((string)text.Attribute("font-size")!).TrimEnd('p', 'x'), CultureInfo.InvariantCulture);
            var width = TextWidths.Width(text.Value) * size;
            var left = (string?)text.Attribute("text-anchor") switch { "middle" => x - width / 2, "end" => x - width, _ => x };
            Assert.True(left >= 0 && left + width <= figure.Width, $"'{text.Value}' is from {left} to {left + width}");
        }
    }

    public static (double, double)[] Places(IEnumerable<DataPoint> points) => [.. points.Select(p => (p.X, p.Y))];

    public static string ErrorOf(Action action)
    {
        var error = Assert.Throws<EngineException>(action);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
