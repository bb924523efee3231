using Engine.Classifiers.Scaling;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Pipeline;

/// <summary>How a model of one's own is made: see <see cref="GenreModel.Create(FrontEndSpec, Engine.Nn.Module,
/// IReadOnlyList{string}, CustomModelOptions?)"/>.</summary>
public sealed record CustomModelOptions
{
    /// <summary>The model's name in errors and results.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>What the network or classifier is, in words; null: its own description or the name of its type.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// Scales the front end's columns before the network or classifier sees them, fitted on the training rows: one of
    /// <c>Engine.Classifiers.Scaling</c>. Null: it sees them as they are. Windows are not scaled.
    /// </summary>
    public IScaler? Scaler { get; init; }

    /// <summary>
    /// The length in seconds of the recordings that it learned from, if the front end takes whole recordings: what
    /// <see cref="GenreModel.WindowSeconds"/> says. Null: not known.
    /// </summary>
    public double? RecordingSeconds { get; init; }
}

/// <summary>What a saved model of one's own says of itself, from which a program makes the network or classifier again.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Description">What the network or classifier is, in words.</param>
/// <param name="FrontEnd">How a recording becomes rows.</param>
/// <param name="Labels">The genres, in the order of the network's scores or the classifier's classes.</param>
/// <param name="Inputs">The shapes of one row's inputs, without the sample axis: windows first, then plain columns.</param>
public sealed record CustomModel(
    string Name, string Description, FrontEndSpec FrontEnd, IReadOnlyList<string> Labels, IReadOnlyList<Shape> Inputs)
{
    /// <summary>Such as <c>custom: Dense 57 -> 10; 10 labels, inputs [57]</c>.</summary>
    public override string ToString() =>
        $"{Name}: {Description}; {Labels.Count} labels, inputs {string.Join(", ", Inputs)}";
}
