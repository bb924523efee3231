using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.Explaining;
using Engine.Pipeline.FrontEnds;
using Engine.Plots.Figures;
using Engine.Plots.Runs;
using Engine.Plots.Songs;
using Engine.Plots.Subjects;

namespace Engine.Plots.Models;

/// <summary>What a trained model makes of a recording: its maps, what spoke for the label, the genres along time.</summary>
internal sealed class ModelSongSubject : IPlotSubject
{
    private static readonly (PlotKind Kind, Func<GenreModel, string, PlotRequest, Figure> Draw)[] s_kinds =
    [
        (new("saliency", "which seconds and bands spoke for the label") { Options = ["--at", "--label", "--window"] }, Saliency),
        (new("feature-maps", "the strongest maps of each block of the network") { Options = ["--at", "--layer"] }, Maps),
        (new("timeline", "the genres along time, and the segments")
        {
            Options = ["--hop", "--window", "--max-hours", "--no-cache"],
        }, Timeline),
    ];

    /// <inheritdoc/>
    public string Noun => "a run and a recording";

    /// <inheritdoc/>
    public IReadOnlyList<PlotKind> Kinds { get; } = [.. s_kinds.Select(k => k.Kind)];

    /// <inheritdoc/>
    public IReadOnlyList<string> Standard { get; } = ["saliency"];

    /// <inheritdoc/>
    public bool Stacks => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = [];

    /// <inheritdoc/>
    public bool Fits(IReadOnlyList<string> paths) => paths.Count == 2 && !Directory.Exists(paths[1])
        && (File.Exists(Path.Combine(paths[0], GenreModel.FileName))
            || paths[0].EndsWith(".safetensors", StringComparison.Ordinal) || ModelCatalog.Has(paths[0]));

    /// <inheritdoc/>
    public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request)
    {
        var song = paths[1];
        if (FeatureTable.IsName(song))
            throw new EngineException($"{song}: is a feature table, whose rows have no time; name a recording after the run.");
        if (song == AudioInput.StandardInput)
        {
            throw new EngineException(
                "-: standard input can be read once, and these pictures read a recording twice; name a file.");
        }

        using var model = GenreModel.Load(paths[0]);
        return s_kinds.Single(k => k.Kind.Name == kinds[0]).Draw(model, song, request);
    }

    private static Figure Maps(GenreModel model, string song, PlotRequest request) => FeatureMapsPlot.Draw(
        Heading(model), song, FeatureMaps.Of(model, song, request.At, request.Layer), request.Layer is not null, request.Size);

    private static Figure Saliency(GenreModel model, string song, PlotRequest request)
    {
        var options = new OcclusionOptions { At = request.At, Label = request.Label, Window = request.Window };
        return SaliencyPlot.Draw(Heading(model), song, Occlusion.Of(model, song, options), model.IsCalibrated, request);
    }

    private static Figure Timeline(GenreModel model, string song, PlotRequest request)
    {
        var work = new WorkOptions
        {
            Cache = request.NoCache ? null : new FeatureCache(warn: request.Warn),
            MaxHours = request.MaxHours,
            Progress = request.Progress,
            Warn = request.Warn,
            Cancellation = request.Cancel,
        };
        var timeline = model.Timeline([song], work, request.Hop, request.Window).Timelines[0]!;
        using var opened = Song.Open(song, request);
        return TimelinePlot.Draw(Heading(model), opened, timeline, request.Size);
    }

    // Nothing is measured here, so there is no protocol to name; that the model's figures are leaky stays said.
    private static RunHeading Heading(GenreModel model) =>
        new(model.Recipe.Name, "", SplitSpec.Parse(model.Split).IsLeaky);
}
