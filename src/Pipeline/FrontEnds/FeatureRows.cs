using Engine.Classifiers;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The feature rows of one recording.</summary>
/// <param name="Length">Length of the audio behind each row, in samples at the front end's rate.</param>
/// <param name="Rows">The named columns, one row per window; without columns if the feature set has only tensors.</param>
/// <param name="Windows">The tensors, one array per input, each with as many rows; none for a set of plain columns.</param>
public sealed record FeatureRows(int Length, FeatureMatrix Rows, IReadOnlyList<WindowArray> Windows)
{
    /// <summary>Rows of plain columns.</summary>
    public FeatureRows(int length, FeatureMatrix rows)
        : this(length, rows, [])
    {
    }

    /// <summary>The profile of the recording's sound; null if the rows are not of a whole file.</summary>
    public SoundProfile? Sound { get; init; }

    /// <summary>Such as <c>10 rows of 66150 samples: 57 columns, 10 windows [1, 128, 130]</c>.</summary>
    public override string ToString() =>
        $"{Rows.Rows} rows of {Length} samples: {Rows.Columns} columns{string.Concat(Windows.Select(w => $", {w}"))}";
}
