using System.Text.Json;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Nn;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Networks;
using Engine.Tensors;

namespace Engine.Pipeline.Pretrained;

/// <summary>
/// A network that was trained elsewhere, as data: the spectrogram it was trained on, its layers, and where the tensors of its
/// file of weights belong. Read from JSON that may hold nothing it does not know.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Source">Who made it, and where the weights come from.</param>
/// <param name="Licence">The licence of the weights.</param>
/// <param name="FrontEnd">How a recording becomes the network's input.</param>
/// <param name="Layers">Its layers.</param>
/// <param name="Outputs">The names of the layers whose outputs are worth taking; the first is the embedding.</param>
/// <param name="Tensors">Where the tensors of its file of weights belong; null: where their names say.</param>
/// <param name="Download">The address of its file of weights; null: not known.</param>
/// <param name="Cut">
/// Whether the windows of a recording are cut from its samples, the last of several ending with the recording, or from its
/// spectrogram, so that frames at a window's ends hear what lies beyond. The spectrogram must be centred mel-frames with zeros
/// around the recording and no pre-emphasis.
/// </param>
internal sealed record NetworkDescription(
    string Name,
    string Description,
    string Source,
    string Licence,
    FrontEndSpec FrontEnd,
    IReadOnlyList<LayerSpec> Layers,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<TensorRule>? Tensors = null,
    string? Download = null,
    WindowCut Cut = WindowCut.Samples)
{
    private const int MostBytes = 4 << 20;

    /// <summary>Reads and checks a description; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="EngineException">
    /// The text is not JSON, has unknown, missing or repeated keys, or a value that cannot work.
    /// </exception>
    public static NetworkDescription Parse(string json, string source)
    {
        var description = StrictJson.Read(json, DescriptionJson.Default.NetworkDescription, source);
        description.Validate(new RangeCheck(source));
        return description;
    }

    /// <summary>Reads a description from a file.</summary>
    /// <exception cref="EngineException">The file cannot be read, or is not a description.</exception>
    public static NetworkDescription Load(string path) =>
        Parse(PlainFile.ReadText(path, "network description", MostBytes), path);

    /// <summary>The description as JSON on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DescriptionJson.Compact.NetworkDescription);

    /// <summary>Makes the network, not initialised.</summary>
    /// <param name="source">Names the description in errors.</param>
    /// <exception cref="EngineException">Layers are not connected as they must be, or do not fit each other.</exception>
    public Graph Build(string source) => NetworkBuilder.Describe(Layers, Outputs, Input(), "$.layers", source);

    // The shape of one input.
    private Shape Input() =>
        new([.. ((WindowSpec)FrontEnd.Features).CreateWindows(FrontEnd.SampleRate).Sizes(FrontEnd.SegmentSamples ?? 0)]);

    private void Validate(RangeCheck check)
    {
        foreach (var (key, text) in (ReadOnlySpan<(string, string)>)[("name", Name), ("source", Source), ("licence", Licence)])
            if (string.IsNullOrWhiteSpace(text)) check.Fail($"$.{key}", "\"\"", "it must not be empty");
        if (Download is not null && !(Uri.TryCreate(Download, UriKind.Absolute, out var address) && address.Scheme == "https"))
            check.Fail("$.download", $"\"{Download}\"", "it must be an address that begins with https://");
        FrontEnd.Validate(check);
        if (FrontEnd.Features is not WindowSpec)
            check.Fail("$.front_end.features", "a set of columns",
                "a network needs a set that gives windows, such as mel-frames");
        if (Cut == WindowCut.Spectrogram
            && FrontEnd.Features is not MelFrames { Center: true, PadMode: PadMode.Constant, PreEmphasis: 0 })
        {
            check.Fail("$.cut", "spectrogram",
                "it needs the features mel-frames with center true, pad_mode constant and no pre_emphasis");
        }

        JsonRanges.Check(Layers, DescriptionJson.Default.IReadOnlyListLayerSpec, "$.layers", check);
        if (Outputs.Count == 0) check.Fail("$.outputs", "[]", "it must name at least one layer; the first is the embedding");
        for (var i = 0; i < Outputs.Count; i++)
        {
            if (!Layers.Any(l => l.Name == Outputs[i]))
                check.Fail($"$.outputs[{i}]", $"\"{Outputs[i]}\"", "no layer has that name");
        }

        for (var i = 0; i < Tensors?.Count; i++) Tensors[i].Validate($"$.tensors[{i}]", check);
    }
}

/// <summary>What is cut into windows.</summary>
internal enum WindowCut
{
    /// <summary>The samples; each window has a spectrogram of its own.</summary>
    Samples,

    /// <summary>The spectrogram of the recording.</summary>
    Spectrogram,
}
