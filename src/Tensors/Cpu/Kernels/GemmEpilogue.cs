using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// What happens to a finished block of c while it is in the cache: a bias is added and negatives are cut to zero.
/// </summary>
internal readonly unsafe struct GemmEpilogue<T>(T* rowBias, T* columnBias, bool relu)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _rowBias = rowBias;
    private readonly T* _columnBias = columnBias;

    public bool IsEmpty => _rowBias is null && _columnBias is null && !relu;

    public void Apply(T* c, int stride, int row, int column, int rows, int columns)
    {
        if (Vector512.IsHardwareAccelerated && _columnBias is null && _rowBias is not null && columns == 2 * Vector512<T>.Count)
        {
            ApplyToTile(c, stride, _rowBias + row, rows);
            return;
        }

        for (var i = 0; i < rows; i++, c += stride)
        {
            var bias = _rowBias is null ? T.Zero : _rowBias[row + i];
            var j = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                for (; j <= columns - Vector512<T>.Count; j += Vector512<T>.Count)
                {
                    var value = Vector512.Load(c + j);
                    if (_rowBias is not null) value += Vector512.Create(bias);
                    if (_columnBias is not null) value += Vector512.Load(_columnBias + column + j);
                    // Max would turn NaN into 0; the select keeps it, because NaN < 0 is false.
                    if (relu) value = Vector512.ConditionalSelect(Vector512.LessThan(value, default), default, value);
                    value.Store(c + j);
                }
            }

            for (; j <= columns - Vector256<T>.Count; j += Vector256<T>.Count)
            {
                var value = Vector256.Load(c + j);
                if (_rowBias is not null) value += Vector256.Create(bias);
                if (_columnBias is not null) value += Vector256.Load(_columnBias + column + j);
                if (relu) value = Vector256.ConditionalSelect(Vector256.LessThan(value, default), default, value);
                value.Store(c + j);
            }

            for (; j < columns; j++)
            {
                var value = c[j];
                if (_rowBias is not null) value += bias;
                if (_columnBias is not null) value += _columnBias[column + j];
                c[j] = relu && value < T.Zero ? T.Zero : value;
            }
        }
    }

    // A tile of a convolution, two vectors wide: without a ReLU, nothing is less than the least.
    private void ApplyToTile(T* c, int stride, T* bias, int rows)
    {
        var least = Vector512.Create(relu ? T.Zero : T.NegativeInfinity);
        for (var i = 0; i < rows; i++, c += stride)
        {
            var shift = Vector512.Create(bias[i]);
            var low = Vector512.Load(c) + shift;
            var high = Vector512.Load(c + Vector512<T>.Count) + shift;
            Vector512.ConditionalSelect(Vector512.LessThan(low, least), least, low).Store(c);
            Vector512.ConditionalSelect(Vector512.LessThan(high, least), least, high).Store(c + Vector512<T>.Count);
        }
    }
}
