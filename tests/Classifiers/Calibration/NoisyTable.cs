using System.Globalization;
using Engine.Dsp;
using Engine.Tensors;

namespace Engine.Tests.Classifiers.Calibration;

/// <summary>Feature tables of genres that overlap, so that classifiers err and have something to be unsure of.</summary>
internal static class NoisyTable
{
    public static readonly string[] Genres = ["blues", "folk", "metal", "swing"];

    /// <summary>
    /// Writes a table, tracks of <paramref name="windows"/> windows each (0: one row a track); tracks of equal number /
    /// <paramref name="artist"/>
    /// are one artist's, who sounds like himself.
    /// </summary>
    public static string Write(string path, int tracks = 40, int windows = 0, int artist = 1, double noise = 1)
    {
        List<string> lines = [$"filename,length,{string.Join(',', Gtzan57.Columns)},label"];
        for (var g = 0; g < Genres.Length; g++)
        {
            for (var t = 0; t < tracks; t++)
            {
                var singer = new RandomStream((ulong)(t / artist), $"singer {Genres[g]}");
                var own = Gtzan57.Columns.Select((_, c) => singer.NextGaussian() + (c % 8 == g ? 0.8 : 0)).ToArray();
                var random = new RandomStream((ulong)t, $"track {Genres[g]}");
                for (var w = 0; w < Math.Max(windows, 1); w++)
                {
                    var values = own.Select(
                        v => (v + (artist > 1 || windows > 0 ? noise * random.NextGaussian() : 0)).ToString("R",
                            CultureInfo.InvariantCulture));
                    var window = windows > 0 ? $".{w}" : "";
                    lines.Add($"{Genres[g]}.{t:00000}{window}.wav,661794,{string.Join(',', values)},{Genres[g]}");
                }
            }
        }

        File.WriteAllLines(path, lines);
        return path;
    }
}
