using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Engine.Plots.Figures;
using Engine.Plots.Output;

namespace Engine.Tests.Plots;

/// <summary>
/// Compares pictures with those in <c>tests/Plots/Golden</c>: the same elements and texts, numbers within half a pixel, images of
/// the same size and colour on average. <c>ENGINE_UPDATE_GOLDEN=1</c> writes them anew.
/// </summary>
internal static partial class Golden
{
    private const double Pixels = 0.5, Color = 3;
    private const int MostBytes = 40_000;
    private const string Data = "data:image/png;base64,";

    public static void Check(string name, Figure figure)
    {
        var (path, svg) = (Path.Combine(Folder(), name + ".svg"), SvgText.Document(figure));
        Assert.True(svg.Length < MostBytes, $"{name}: {svg.Length} bytes; draw less.");
        if (Environment.GetEnvironmentVariable("ENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, svg);
        Assert.True(File.Exists(path), $"{path} is missing; ENGINE_UPDATE_GOLDEN=1 writes it.");
        Compare(name, File.ReadAllText(path), svg);
    }

    internal static void Compare(string name, string expected, string actual)
    {
        var (wanted, got) = (Elements(expected), Elements(actual));
        for (var e = 0; e < Math.Min(wanted.Length, got.Length); e++) Compare($"{name}, element {e}", wanted[e], got[e]);
        Assert.Equal(wanted.Length, got.Length);
    }

    private static XElement[] Elements(string svg) => [.. XDocument.Parse(svg).Descendants()];

    private static void Compare(string where, XElement wanted, XElement got)
    {
        Assert.Equal(wanted.Name, got.Name);
        if (!wanted.HasElements) Assert.Equal(wanted.Value, got.Value);
        Assert.Equal(wanted.Attributes().Select(a => a.Name), got.Attributes().Select(a => a.Name));
        foreach (var (before, after) in wanted.Attributes().Zip(got.Attributes()))
        {
            if (before.Value.StartsWith(Data, StringComparison.Ordinal)) CompareImages(where, before.Value, after.Value);
            else CompareNumbers($"{where}, {wanted.Name.LocalName} {before.Name.LocalName}", before.Value, after.Value);
        }
    }

    private static void CompareNumbers(string where, string wanted, string got)
    {
        Assert.True(Number().Replace(wanted, "#") == Number().Replace(got, "#"), $"{where}: {got} instead of {wanted}");
        foreach (var (before, after) in Number().Matches(wanted).Zip(Number().Matches(got)))
        {
            Assert.True(Math.Abs(Value(before) - Value(after)) <= Pixels, $"{where}: {after.Value} instead of {before.Value}");
        }
    }

    private static void CompareImages(string where, string wanted, string got)
    {
        var (before, after) = (Image(wanted), Image(got));
        Assert.Equal((before.Width, before.Height), (after.Width, after.Height));
        foreach (var (a, b) in before.MeanColor().Zip(after.MeanColor()))
            Assert.True(Math.Abs(a - b) <= Color, $"{where}: the mean colour is {b} instead of {a}");
    }

    private static IndexedPng Image(string data) => IndexedPng.Read(Convert.FromBase64String(data[Data.Length..]));

    private static double Value(Match number) => double.Parse(number.Value, CultureInfo.InvariantCulture);

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Golden");

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();
}
