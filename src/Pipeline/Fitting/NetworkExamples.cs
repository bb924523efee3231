using Engine.Classifiers;
using Engine.Nn.Training;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting;

/// <summary>
/// Rows as a network sees them: the windows, augmented during training, then scaled; and the scaled plain columns, if any, as the
/// last input.
/// </summary>
internal sealed class NetworkExamples : IExampleSource
{
    private readonly RowSet _rows;
    private readonly int[]? _labels;
    private readonly FeatureMatrix _columns;
    private readonly WindowScaler? _scaler;
    private readonly Augmentation? _augmentation;

    /// <param name="rows">The rows.</param>
    /// <param name="labels">Their labels; null if they are not known.</param>
    /// <param name="classes">How many labels there are.</param>
    /// <param name="columns">The rows' scaled plain columns.</param>
    /// <param name="scaler">Scales the windows; null for none.</param>
    /// <param name="augmentation">Augments examples during training; null for none.</param>
    public NetworkExamples(
        RowSet rows, int[]? labels, int classes, FeatureMatrix columns, WindowScaler? scaler, Augmentation? augmentation)
    {
        (_rows, _labels, Classes, _columns, _scaler, _augmentation) = (rows, labels, classes, columns, scaler, augmentation);
        Shapes = InputShapes(rows.WindowSizes, columns.Columns);
    }

    public int Count => _rows.Count;

    public IReadOnlyList<Shape> Shapes { get; }

    public int Classes { get; }

    /// <summary>The shapes of one example's inputs.</summary>
    public static IReadOnlyList<Shape> InputShapes(IReadOnlyList<IReadOnlyList<int>> windowSizes, int columns)
    {
        var shapes = windowSizes.Select(s => new Shape([.. s]));
        return columns == 0 ? [.. shapes] : [.. shapes, new Shape(columns)];
    }

    public bool Augments => _augmentation is not null;

    public int Label(int index) => _labels?[index] ?? 0;

    public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
    {
        for (var input = 0; input < _rows.WindowSizes.Count; input++)
        {
            _rows.ReadWindow(index, input, inputs[input].Span);
        }

        // Gain and noise are in the windows' own units, so they come before scaling.
        if (augmentation is not null) _augmentation?.Apply(inputs, augmentation);
        for (var input = 0; input < _rows.WindowSizes.Count; input++) _scaler?.Apply(input, inputs[input].Span);
        if (_columns.Columns == 0) return;
        var row = _columns.Row(index);
        var columns = inputs[^1].Span;
        for (var c = 0; c < row.Length; c++) columns[c] = (float)row[c];
    }
}
