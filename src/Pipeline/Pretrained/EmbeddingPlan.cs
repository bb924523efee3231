using Engine.Classifiers;
using Engine.Nn;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Pipeline.Pretrained;

/// <summary>What an embedding takes of a network: windows, layers and columns. It needs no weights.</summary>
internal sealed class EmbeddingPlan
{
    // Bytes of the outputs of layers that one batch may have in memory, unless a single window has more.
    private const double MostBatchBytes = 32 << 20;

    private const int MostBatch = 8;

    private readonly double _windowBytes;
    private readonly bool _endsWithRow;

    /// <summary>Makes the plan.</summary>
    /// <param name="spec">The embedding; its numbers are within their ranges.</param>
    /// <param name="description">The network.</param>
    /// <param name="at">The spec's JSON path.</param>
    /// <param name="check">Throws.</param>
    /// <exception cref="EngineException">The network has no such layer, or cannot take such windows.</exception>
    public EmbeddingPlan(EmbeddingFeatures spec, NetworkDescription description, string at, RangeCheck check)
    {
        var frontEnd = description.FrontEnd;
        Rate = frontEnd.SampleRate;
        if (spec.Window is null && frontEnd.Segment is null)
            check.Fail($"{at}.window", "null", $"the network {description.Name} does not say how long a window is");
        Window = (spec.Window ?? frontEnd.Segment)!.Value;
        Hop = spec.Hop ?? (spec.Window is null ? frontEnd.Hop ?? Window : Window);
        WindowSamples = Samples("window", Window, ((WindowSpec)frontEnd.Features).MinimumSamples);
        HopSamples = Samples("hop", Hop, 1);
        Layers = spec.Layers ?? [description.Outputs[0]];
        Windows = ((WindowSpec)frontEnd.Features).CreateWindows(Rate);
        Input = new Shape([.. Windows.Sizes(WindowSamples)]);
        (ReadSamples, _endsWithRow) = (WindowSamples, description.Cut == WindowCut.Samples);
        if (description.Cut == WindowCut.Spectrogram)
        {
            // The centred frames of a window are those without padding of half a frame more at each end.
            var mel = (MelFrames)frontEnd.Features;
            Windows = (mel with { Center = false }).CreateWindows(Rate);
            Lead = mel.FftSize / 2;
            ReadSamples = checked((int)((Input[mel.FramesFirst ? 1 : 2] - 1L) * mel.HopLength + mel.FftSize));
        }

        using var network = Network(description);
        Widths = [.. Layers.Select((layer, i) => Width(network, layer, $"{at}.layers[{i}]"))];
        Columns = [.. Layers.SelectMany((layer, i) => Enumerable.Range(0, Widths[i]).Select(v => $"{layer}_{v}"))];
        if (spec.Statistics == WindowStatistics.MeanDeviation)
            Columns = [.. Columns.SelectMany(c => new[] { $"{c}_mean", $"{c}_std" })];
        HasDeviations = spec.Statistics == WindowStatistics.MeanDeviation;
        var rows = NetworkSummary.Of(network, new Shape([1, .. Input.Sizes]));
        Weights = rows.Parameters;
        // Kernels may lay out their input once more.
        _windowBytes = sizeof(float) * rows.Layers.Max(l => l.Held + 2.0 * l.Input.Count + l.Output.Count);

        int Samples(string key, double seconds, int least)
        {
            var samples = Math.Round(seconds * Rate);
            if (!(samples >= least && samples <= Array.MaxLength))
                check.Fail($"{at}.{key}", seconds, $"at {Rate} Hz it must be from {least} to {Array.MaxLength} samples");
            return (int)samples;
        }

        int Width(Graph graph, string layer, string path)
        {
            var names = description.Layers.Select(l => l.Name).OfType<string>();
            if (!names.Contains(layer))
                check.Fail(path, $"\"{layer}\"", $"the network {description.Name} has no layer of that name; its outputs are "
                    + string.Join(", ", description.Outputs));
            var shape = graph.OutputShape(new Shape([1, .. Input.Sizes]), layer);
            if (shape.Rank != 2)
                check.Fail(path, $"\"{layer}\"", $"it gives {shape}; an embedding is a row of values, [N, F], such as a "
                    + "global-average gives");
            return shape[1];
        }
    }

    /// <summary>The network's sample rate in Hz.</summary>
    public int Rate { get; }

    /// <summary>Seconds of a window.</summary>
    public double Window { get; }

    /// <summary>Seconds from the start of one window to that of the next.</summary>
    public double Hop { get; }

    /// <summary>Samples of a window.</summary>
    public int WindowSamples { get; }

    /// <summary>Samples from the start of one window to that of the next.</summary>
    public int HopSamples { get; }

    /// <summary>The names of the layers taken.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>How many values each of them gives.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Whether each value has its deviation beside its mean.</summary>
    public bool HasDeviations { get; }

    /// <summary>How many samples before a window's start its first frame begins.</summary>
    public int Lead { get; }

    /// <summary>How many samples from there on its frames are made of.</summary>
    public int ReadSamples { get; }

    /// <summary>What makes the network's input of these samples.</summary>
    public WindowExtractor Windows { get; }

    /// <summary>The shape of that input.</summary>
    public Shape Input { get; }

    /// <summary>How many weights the network has.</summary>
    public long Weights { get; }

    /// <summary>How many windows the network is given at once.</summary>
    public int Batch => (int)Math.Clamp(MostBatchBytes / _windowBytes, 1, MostBatch);

    /// <summary>Bytes of what its layers give for a batch, about.</summary>
    public double BatchBytes => Batch * _windowBytes;

    /// <summary>Makes the network for these windows, not initialised.</summary>
    public Graph Network(NetworkDescription description) =>
        (description with { FrontEnd = description.FrontEnd with { Segment = Window } }).Build($"network {description.Name}");

    /// <summary>
    /// Where the windows of a row begin: every hop; one that would end after the row by at most half a hop ends with it. Windows
    /// cut from samples leave no rest at the end: the last of several always ends with the row.
    /// </summary>
    /// <param name="length">The row's samples, at least those of a window.</param>
    public IEnumerable<long> Starts(long length)
    {
        var more = (long)Math.Round((double)(length - WindowSamples) / HopSamples);
        for (var w = 0L; w < more; w++) yield return w * HopSamples;
        yield return more > 0 && _endsWithRow ? length - WindowSamples : Math.Min(more * HopSamples, length - WindowSamples);
    }
}
