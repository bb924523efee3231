using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;

namespace Engine.Tests.Support;

/// <summary>The published features of GTZAN as a test needs them: 57 columns, sorted labels, and each row's track.</summary>
internal sealed record GtzanFeatures(FeatureMatrix Features, int[] Labels, string[] Names, Sample[] Samples)
{
    /// <summary>
    /// Reads <c>features_30_sec.csv</c> or <c>features_10_sec.csv</c> of <see cref="GtzanFactAttribute.Folder"/>.
    /// </summary>
    public static GtzanFeatures Load(string file)
    {
        var lines = File.ReadLines(Path.Combine(GtzanFactAttribute.Folder, file)).Select(l => l.Split(',')).ToArray();
        var columns = Enumerable.Range(0, lines[0].Length).Where(c => lines[0][c] is not ("filename" or "length" or "label"))
            .ToArray();
        var (name, label) = (Array.IndexOf(lines[0], "filename"), Array.IndexOf(lines[0], "label"));
        var rows = lines[1..];
        var names = rows.Select(r => r[label]).Distinct().Order(StringComparer.Ordinal).ToArray();
        var samples = rows.Select(r =>
        {
            Assert.True(TrackId.TryParseName(r[name], out var track, out var window), r[name]);
            return new Sample(track, r[label], window ?? 0);
        });
        var values = rows.SelectMany(r => columns.Select(c => double.Parse(r[c], CultureInfo.InvariantCulture)));
        return new GtzanFeatures(
            new FeatureMatrix(rows.Length, columns.Length, [.. values]), [.. rows.Select(r => Array.IndexOf(names, r[label]))],
            names, [.. samples]);
    }

    /// <summary>The path of a list in <c>splits/</c>.</summary>
    public static string List(string name) => Path.Combine(GtzanFactAttribute.Folder, "splits", name);
}
