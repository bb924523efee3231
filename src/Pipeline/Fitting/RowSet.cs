using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Fitting;

/// <summary>Reads the tensor of row <paramref name="row"/> for window input <paramref name="input"/>.</summary>
internal delegate void WindowReader(int row, int input, Span<float> destination);

/// <summary>Rows to learn from or to label: their plain columns, and the source of their windows. Thread-safe.</summary>
internal sealed class RowSet
{
    private readonly WindowReader? _windows;
    private readonly WindowStore? _store;
    private readonly int[]? _rows;
    private readonly LabelledRows? _data;

    private RowSet(
        FeatureMatrix columns, IReadOnlyList<IReadOnlyList<int>> sizes, WindowReader? windows, WindowStore? store = null,
        int[]? rows = null, LabelledRows? data = null) =>
        (Columns, WindowSizes, _windows, _store, _rows, _data) = (columns, sizes, windows, store, rows, data);

    /// <summary>The number of rows.</summary>
    public int Count => Columns.Rows;

    /// <summary>The plain columns, <c>[Count, columns]</c>; none if the front end only produces windows.</summary>
    public FeatureMatrix Columns { get; }

    /// <summary>The sizes of each window input.</summary>
    public IReadOnlyList<IReadOnlyList<int>> WindowSizes { get; }

    /// <summary>The rows as a split sees them; only for rows of a data set.</summary>
    public IReadOnlyList<Sample> Samples
    {
        get
        {
            var all = _data!.Samples;
            return [.. _rows!.Select(r => all[r])];
        }
    }

    /// <summary>Some of these rows, in the order of <paramref name="indices"/>; only for rows of a data set.</summary>
    public RowSet Select(int[] indices) => Of(_data!, [.. indices.Select(i => _rows![i])]);

    /// <summary>These rows, followed by <paramref name="more"/>; only for rows of one data set.</summary>
    public RowSet Join(RowSet more) => Of(_data!, [.. _rows!, .. more._rows!]);

    /// <summary>Rows of a data set, in the order of <paramref name="rows"/>.</summary>
    public static RowSet Of(LabelledRows data, int[] rows) =>
        new(data.Values.Select(rows), data.Windows?.Sizes ?? [], data.Windows is { } windows ? windows.Read : null, data.Windows,
            rows, data);

    /// <summary>All rows of one recording.</summary>
    public static RowSet Of(FeatureRows features)
    {
        void Read(int row, int input, Span<float> destination)
        {
            var length = destination.Length;
            features.Windows[input].Values.AsSpan(row * length, length).CopyTo(destination);
        }

        return new(features.Rows, [.. features.Windows.Select(w => w.Sizes)], Read);
    }

    /// <summary>The number of columns that <see cref="Flatten"/> returns for a front end.</summary>
    public static int FlatColumns(FrontEnd frontEnd) => frontEnd.WindowSizes.Count == 0
        ? frontEnd.Columns.Count : Length(frontEnd.WindowSizes[0]);

    /// <summary>
    /// The rows as input for a classifier of columns: their plain columns or, if the front end produces a window instead, the
    /// window's values side by side. The rows of <paramref name="more"/>, if any, follow.
    /// </summary>
    /// <exception cref="EngineException">
    /// A recording has to be read again but cannot be, or there are too many values for one matrix.
    /// </exception>
    public FeatureMatrix Flatten(RowSet? more = null, int threads = 0)
    {
        if (more is null && WindowSizes.Count == 0) return Columns;
        var width = WindowSizes.Count == 0 ? Columns.Columns : Length(WindowSizes[0]);
        var flat = new FeatureMatrix(Count + (more?.Count ?? 0), width);
        Serially.OrFor(threads, flat.Rows, Math.Max(1, (1 << 16) / Math.Max(1, width)), (from, to) =>
        {
            var window = WindowSizes.Count == 0 ? [] : new float[width];
            for (var r = from; r < to; r++)
            {
                var (rows, row) = r < Count ? (this, r) : (more!, r - Count);
                rows.FlattenRow(row, window, flat.Row(r));
            }
        });
        return flat;
    }

    /// <summary>Fits a window scaler on these rows; only for rows of a data set.</summary>
    public void Fit(WindowScaler scaler, int threads, CancellationToken cancellation) =>
        scaler.Fit(_store!, _rows!, threads, cancellation);

    /// <summary>Copies the window of one row for one input.</summary>
    public void ReadWindow(int index, int input, Span<float> destination) =>
        _windows!(_rows?[index] ?? index, input, destination);

    private static int Length(IReadOnlyList<int> sizes) => sizes.Aggregate((product, size) => product * size);

    private void FlattenRow(int row, float[] window, Span<double> values)
    {
        if (WindowSizes.Count == 0)
        {
            Columns.Row(row).CopyTo(values);
            return;
        }

        ReadWindow(row, 0, window);
        for (var c = 0; c < window.Length; c++) values[c] = window[c];
    }
}
