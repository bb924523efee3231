using System.Globalization;
using Engine.Classifiers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Explaining;

/// <summary>What of a window is covered, and for which label.</summary>
internal sealed record OcclusionOptions
{
    /// <summary>The time in seconds that the window's middle is nearest to; null: the middle of the recording.</summary>
    public double? At { get; init; }

    /// <summary>
    /// The window's length in seconds, for a recipe that takes whole recordings; null: <see cref="GenreModel.WindowSeconds"/>.
    /// </summary>
    public double? Window { get; init; }

    /// <summary>The label whose probability is watched; null: the window's most probable.</summary>
    public string? Label { get; init; }

    /// <summary>Seconds of a patch; null: a sixteenth of the window.</summary>
    public double? Seconds { get; init; }

    /// <summary>Rows of a patch; null: an eighth of the picture's. A wave and plain columns have one.</summary>
    public int? Rows { get; init; }
}

/// <summary>
/// Which seconds and bands of a window spoke for a label: how far its probability falls when a patch is covered, after Zeiler and
/// Fergus ("Visualizing and understanding convolutional networks", ECCV 2014), who cover a square of a picture with its mean.
/// Negative where the patch spoke against the label.
/// </summary>
/// <param name="Label">The label.</param>
/// <param name="Probability">Its probability for the window as it is; a score if the model is not calibrated.</param>
/// <param name="Start">Where the window begins in the recording, in seconds.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Input">The picture that is covered; null if seconds of the audio are.</param>
/// <param name="Seconds">The middle of each patch in time, in seconds of the recording.</param>
/// <param name="Rows">The middle of each patch among the picture's rows, which are counted from 0; one for audio.</param>
/// <param name="PatchSeconds">How long a patch is.</param>
/// <param name="PatchRows">How many rows it has.</param>
/// <param name="Drops">How far the probability falls, <c>[rows, seconds]</c>.</param>
internal sealed record Occlusion(
    string Label, double Probability, double Start, double End, WindowPicture? Input, IReadOnlyList<double> Seconds,
    IReadOnlyList<double> Rows, double PatchSeconds, int PatchRows, float[] Drops)
{
    // As many as a network predicts at once.
    private const int BatchRows = NetworkNeeds.LargestPredictionBatch;

    /// <summary>The frequency of each of <see cref="Rows"/>; null if the picture's rows have none.</summary>
    public IReadOnlyList<double>? Hertz => Input?.Axes.Hertz is { } hertz ? [.. Rows.Select(r => Between(hertz, r))] : null;

    /// <summary>Covers a file's window: one map for each window input of the model, or one of its audio.</summary>
    /// <exception cref="EngineException">
    /// The recording cannot be used, there is no such label, or a patch does not fit into the window.
    /// </exception>
    public static IReadOnlyList<Occlusion> Of(GenreModel model, string path, OcclusionOptions options) =>
        model.Explain(path, options.At, options.Window,
            (pipeline, frontEnd, window) => Of(model, pipeline, frontEnd, window, options, path));

    /// <summary>The same of mono samples of any rate.</summary>
    /// <exception cref="EngineException">As in the other overload.</exception>
    public static IReadOnlyList<Occlusion> Of(
        GenreModel model, ReadOnlySpan<float> samples, int sampleRate, OcclusionOptions options) =>
        model.Explain(samples, sampleRate, options.At, options.Window,
            (pipeline, frontEnd, window) => Of(model, pipeline, frontEnd, window, options, "audio"));

    private static IReadOnlyList<Occlusion> Of(
        GenreModel model, FittedPipeline pipeline, FrontEnd frontEnd, SongWindow window, OcclusionOptions options, string name)
    {
        if (options.Label is { } label && !model.Labels.Contains(label))
            throw new EngineException($"the model has no label '{label}'; its labels are {string.Join(", ", model.Labels)}.");
        var pictures = WindowPicture.Of(frontEnd, window);
        return pictures.Count == 0
            ? [OfAudio(model, pipeline, frontEnd, window, options, name)]
            : [.. pictures.Select((p, input) => OfPicture(model, pipeline, window, options, p, input))];
    }

    private static Occlusion OfPicture(
        GenreModel model, FittedPipeline pipeline, SongWindow window, OcclusionOptions options, WindowPicture picture, int input)
    {
        var times = picture.Axes.Seconds;
        var step = times.Count > 1 ? (times[^1] - times[0]) / (times.Count - 1) : window.Audio.Seconds;
        var width = Columns(options, window, step, times.Count);
        var height = options.Rows ?? (picture.Height + 7) / 8;
        if (height < 1 || height > picture.Height)
            throw new EngineException($"a patch of {height} rows does not fit into a picture of {picture.Height}.");
        var (rows, columns) = (Patch.Starts(picture.Height, height), Patch.Starts(picture.Width, width));
        var patches = rows.SelectMany(r => columns.Select(c => new Patch(r, c, height, width))).ToArray();
        var scores = pipeline is NetworkPipeline network
            ? network.PredictProbabilities(RowSet.Of(window.Features), e => new OccludedExamples(e, input, patches))
            : OfWindows(pipeline, window.Features, picture, input, patches);
        var (label, probability, drops) = Watched(model, scores, options.Label);
        return new(label, probability, window.Start, window.Start + window.Audio.Seconds, picture,
            [.. columns.Select(c => Between(times, c + (width - 1) / 2.0))], [.. rows.Select(r => r + (height - 1) / 2.0)],
            width * step, height, drops);
    }

    // A classifier of a window's values.
    private static FeatureMatrix OfWindows(
        FittedPipeline pipeline, FeatureRows row, WindowPicture picture, int input, Patch[] patches)
    {
        var means = Patch.Means(picture.Values, picture.Channels);
        var scores = new List<FeatureMatrix>();
        for (var first = 0; first <= patches.Length; first += BatchRows)
        {
            var count = Math.Min(BatchRows, 1 + patches.Length - first);
            var columns = new FeatureMatrix(count, row.Rows.Columns);
            var windows = row.Windows.Select(w => new WindowArray(w.Sizes, new float[count * w.RowLength])).ToArray();
            for (var r = 0; r < count; r++)
            {
                row.Rows.Row(0).CopyTo(columns.Row(r));
                for (var w = 0; w < windows.Length; w++) row.Windows[w].Values.CopyTo(windows[w].Row(r));
                if (first + r > 0)
                    patches[first + r - 1].Fill(windows[input].Row(r), means, picture.Height, picture.Width);
            }

            scores.Add(pipeline.PredictProbabilities(RowSet.Of(new FeatureRows(row.Length, columns, windows))));
        }

        return Stack(scores);
    }

    // Plain columns have no place in time, but the audio has: the patch is cut out and the rest joined. Statistics of the frames
    // that are left are those of a recording without the patch; silence in its place would be a sound of its own.
    private static Occlusion OfAudio(
        GenreModel model, FittedPipeline pipeline, FrontEnd frontEnd, SongWindow window, OcclusionOptions options, string name)
    {
        if (options.Rows is not null)
        {
            throw new EngineException(
                $"recipe {model.Recipe.Name} reads plain columns, not a picture; a patch has seconds, but no rows.");
        }

        var samples = Samples.ToArray(window.Audio);
        var (rate, whole) = (frontEnd.Spec.SampleRate, frontEnd.Whole());
        var width = Columns(options, window, 1.0 / rate, samples.Length);
        var starts = Patch.Starts(samples.Length, width);
        var rows = new FeatureMatrix(1 + starts.Length, frontEnd.Columns.Count);
        window.Features.Rows.Row(0).CopyTo(rows.Row(0));
        var errors = new EngineException?[starts.Length];
        FeatureExtraction.ForEach(starts.Length, 0, i =>
        {
            try
            {
                float[] rest = [.. samples.AsSpan(0, starts[i]), .. samples.AsSpan(starts[i] + width)];
                whole.Extract(rest, rate, name).Rows.Row(0).CopyTo(rows.Row(i + 1));
            }
            catch (EngineException e)
            {
                errors[i] = e;
            }

            return errors[i] is null;
        }, CancellationToken.None);
        if (Array.Find(errors, e => e is not null) is { } error)
            throw new EngineException($"without a patch of {(double)width / rate:0.##} s: {error.Message}", error);
        var (label, probability, drops) = Watched(model, pipeline.PredictProbabilities(RowSet.Of(new FeatureRows(0, rows))),
            options.Label);
        return new(label, probability, window.Start, window.Start + window.Audio.Seconds, null,
            [.. starts.Select(s => window.Start + (s + width / 2.0) / rate)], [0], (double)width / rate, 1,
            drops);
    }

    private static int Columns(OcclusionOptions options, SongWindow window, double step, int most)
    {
        if (options.Seconds is not { } seconds) return Math.Max(1, most / 16);
        var columns = Math.Round(seconds / step);
        return columns >= 1 && columns <= most && columns * step < window.Audio.Seconds
            ? (int)columns
            : throw new EngineException(string.Create(CultureInfo.InvariantCulture,
                $"a patch of {seconds} s does not fit into a window of {window.Audio.Seconds:0.###} s, whose columns are " +
                $"{step:0.####} s apart."));
    }

    // The first row is the window as it is. The drop of a probability is the rise of all others, which keeps its digits where a
    // network is so sure that the probability rounds to 1.
    private static (string Label, double Probability, float[] Drops) Watched(
        GenreModel model, FeatureMatrix scores, string? label)
    {
        var rows = Enumerable.Range(0, scores.Rows).Select(r => model.OfWindow(scores.Row(r))).ToArray();
        var index = label is null ? Array.IndexOf(rows[0], rows[0].Max()) : model.Labels.ToList().IndexOf(label);
        var others = rows.Select(row => row.Where((_, l) => l != index).Sum()).ToArray();
        return (model.Labels[index], rows[0][index], [.. others.Skip(1).Select(o => (float)(o - others[0]))]);
    }

    private static double Between(IReadOnlyList<double> values, double place)
    {
        var first = Math.Min((int)place, values.Count - 1);
        var next = Math.Min(first + 1, values.Count - 1);
        return values[first] + (place - first) * (values[next] - values[first]);
    }

    private static FeatureMatrix Stack(List<FeatureMatrix> parts)
    {
        var (all, at) = (new FeatureMatrix(parts.Sum(p => p.Rows), parts[0].Columns), 0);
        foreach (var part in parts)
        {
            for (var r = 0; r < part.Rows; r++) part.Row(r).CopyTo(all.Row(at++));
        }

        return all;
    }
}
