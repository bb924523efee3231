using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Explaining;

/// <summary>The output of one layer for one window.</summary>
/// <param name="Path">The layer, as <c>engine summary</c> lists it.</param>
/// <param name="Description">Its type and sizes.</param>
/// <param name="Block">
/// Which block it is in, from 1: each convolution or recurrent layer begins one; what comes before is block 0.
/// </param>
/// <param name="Sizes">
/// <c>[channels, height, width]</c>, or <c>[channels, length]</c> of a series; the steps of a sequence are its length.
/// </param>
/// <param name="Values">The values, row-major.</param>
internal sealed record LayerMaps(string Path, string Description, int Block, IReadOnlyList<int> Sizes, float[] Values)
{
    /// <summary>The channels by the mean of their absolute values, strongest first; of equals, the first.</summary>
    public IReadOnlyList<int> Strongest => [.. Enumerable.Range(0, Sizes[0]).OrderByDescending(Strength)];

    /// <summary>The map of one channel, row-major.</summary>
    public ReadOnlySpan<float> Map(int channel) =>
        Values.AsSpan(channel * (Values.Length / Sizes[0]), Values.Length / Sizes[0]);

    /// <summary>The mean of a channel's absolute values.</summary>
    public double Strength(int channel)
    {
        var map = Map(channel);
        var sum = 0.0;
        foreach (var value in map) sum += Math.Abs(value);
        return sum / map.Length;
    }
}

/// <summary>What the layers of a model's network make of one window of a recording.</summary>
/// <param name="Start">Where the window begins, in seconds.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Inputs">What goes in; without pictures if the network reads plain columns.</param>
/// <param name="Layers">The layers that give maps, in execution order.</param>
internal sealed record FeatureMaps(
    double Start, double End, IReadOnlyList<WindowPicture> Inputs, IReadOnlyList<LayerMaps> Layers)
{
    /// <summary>The maps of a file's window.</summary>
    /// <param name="model">A model with a network.</param>
    /// <param name="path">The recording.</param>
    /// <param name="at">The time in seconds that the window's middle is nearest to; null: the middle of the recording.</param>
    /// <param name="layer">The path of the only layer wanted; null: all that give maps.</param>
    /// <exception cref="EngineException">
    /// The model has no network that reads windows, the layer does not exist or gives no maps, or the recording cannot be used.
    /// </exception>
    public static FeatureMaps Of(GenreModel model, string path, double? at = null, string? layer = null)
    {
        RequireNetwork(model);
        return model.Explain(path, at, null, (pipeline, frontEnd, window) => Of(pipeline, frontEnd, window, layer));
    }

    /// <summary>The same of mono samples of any rate.</summary>
    /// <exception cref="EngineException">As in the other overload.</exception>
    public static FeatureMaps Of(
        GenreModel model, ReadOnlySpan<float> samples, int sampleRate, double? at = null, string? layer = null)
    {
        RequireNetwork(model);
        return model.Explain(samples, sampleRate, at, null,
            (pipeline, frontEnd, window) => Of(pipeline, frontEnd, window, layer));
    }

    private static void RequireNetwork(GenreModel model)
    {
        var problem = model.Fitted() is not NetworkPipeline ? "has no network"
            : model.FrontEnd.WindowSizes.Count == 0 ? "has a network of plain columns, not of pictures or series" : null;
        if (problem is not null)
            throw new EngineException(
                $"recipe {model.Recipe.Name} {problem}; feature maps need convolutions or recurrent layers.");
    }

    private static FeatureMaps Of(FittedPipeline pipeline, FrontEnd frontEnd, SongWindow window, string? wanted)
    {
        var (maps, others, block, isSequence) = (new List<LayerMaps>(), new List<Module>(), 0, false);
        ((NetworkPipeline)pipeline).Observe(RowSet.Of(window.Features), (layer, output) =>
        {
            if (layer is Conv1d or Conv2d or Recurrent) block++;
            isSequence = layer is Sequence or Recurrent || (isSequence && layer is not (Conv1d or Flatten));
            int[] sizes = output.Shape.Sizes[1..].ToArray();
            if (sizes.Length < 2) others.Add(layer);
            else if (wanted is null || wanted == layer.Path) maps.Add(Maps(layer, block, sizes, output.ToArray(), isSequence));
            else others.Add(layer);
        });
        if (maps.Count == 0) ThrowNone(wanted, others);
        return new(window.Start, window.Start + window.Audio.Seconds, WindowPicture.Of(frontEnd, window), maps);
    }

    // Steps come before features in a sequence.
    private static LayerMaps Maps(Module layer, int block, int[] sizes, float[] values, bool isSequence)
    {
        if (!isSequence) return new(layer.Path, layer.Description, block, sizes, values);
        var series = new float[values.Length];
        Matrices.Transpose(values, series, sizes[0], sizes[1]);
        return new(layer.Path, layer.Description, block, [sizes[1], sizes[0]], series);
    }

    private static void ThrowNone(string? wanted, List<Module> others)
    {
        var named = others.Find(l => l.Path == wanted);
        throw new EngineException(wanted is null ? "no layer of the network gives maps, only features."
            : named is not null ? $"layer {wanted} ({named.Description}) gives features, not maps."
            : $"the network has no layer '{wanted}'; its layers are {string.Join(", ", others.Select(l => l.Path))}.");
    }
}
