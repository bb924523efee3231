namespace Engine.Pipeline.FrontEnds;

/// <summary>The windows of one recording and input in memory; pictures are stored as bytes.</summary>
internal sealed class StoredWindows
{
    private readonly int _rowLength;
    private readonly float[]? _values;
    private readonly byte[]? _pixels;

    public StoredWindows(WindowArray windows)
    {
        _rowLength = windows.RowLength;
        _pixels = Pixels.TryPack(windows.Values);
        if (_pixels is null) _values = windows.Values;
    }

    /// <summary>Bytes of memory used.</summary>
    public long Bytes => _pixels?.LongLength ?? _values!.LongLength * sizeof(float);

    /// <summary>Copies the window of one row.</summary>
    public void Read(int row, Span<float> destination)
    {
        var start = row * _rowLength;
        if (_pixels is not null) Pixels.Unpack(_pixels.AsSpan(start, _rowLength), destination);
        else _values.AsSpan(start, _rowLength).CopyTo(destination);
    }
}
