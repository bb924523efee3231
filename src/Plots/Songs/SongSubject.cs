using Engine.Plots.Figures;
using Engine.Plots.Songs.Kinds;
using Engine.Plots.Subjects;

namespace Engine.Plots.Songs;

/// <summary>Pictures of a recording along time.</summary>
internal sealed class SongSubject : IPlotSubject
{
    private static readonly ISongKind[] s_kinds =
    [
        new WaveKind(), new StftKind(), new MelKind(), new MfccKind(), new ChromaKind(), new RolloffKind(), new CentroidKind(),
        new ZeroCrossingKind(), new RmsKind(), new OnsetKind(), new TempogramKind(), new SeparationKind(),
    ];

    /// <inheritdoc/>
    public string Noun => "a recording";

    /// <inheritdoc/>
    public IReadOnlyList<PlotKind> Kinds { get; } = [.. s_kinds.Select(k => new PlotKind(k.Name, k.Summary))];

    /// <inheritdoc/>
    public IReadOnlyList<string> Standard { get; } = ["wave", "mel", "chroma"];

    /// <inheritdoc/>
    public bool Stacks => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = ["--from", "--to", "--sr", "--max-hours"];

    /// <inheritdoc/>
    public bool Fits(IReadOnlyList<string> paths) => paths.Count == 1 && !Directory.Exists(paths[0]);

    /// <inheritdoc/>
    public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request)
    {
        ISongKind[] drawn = [.. kinds.Select(name => s_kinds.Single(k => k.Name == name))];
        using var song = Song.Open(paths[0], request);
        var stack = new PanelStack(song.Name, TimeAxis.Create(song.From, song.To));
        foreach (var kind in drawn)
        {
            foreach (var panel in kind.Draw(song)) stack.Add(panel);
        }

        return stack.Build(request.Size, $"{string.Join("; ", drawn.Select(k => k.Summary))}. {song.Facts}.", song.Facts);
    }
}
