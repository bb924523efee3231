namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Reductions over any axes: those in which the result has size 1. The result is overwritten.</summary>
internal static unsafe class Reductions
{
    public static void Sum(float* source, Shape shape, float* result, Shape resultShape)
    {
        var rank = shape.Rank;
        Span<int> strides = stackalloc int[rank], index = stackalloc int[rank];
        strides.Clear();
        index.Clear();
        var stride = 1;
        for (var i = 1; i <= rank; i++)
        {
            strides[^i] = resultShape.Sizes[^i] == 1 ? 0 : stride;
            stride *= resultShape.Sizes[^i];
        }

        new Span<float>(result, resultShape.Count).Clear();
        var offset = 0;
        for (var i = 0; i < shape.Count; i++)
        {
            result[offset] += source[i];
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape.Sizes[axis]) break;
                offset -= strides[axis] * index[axis];
                index[axis] = 0;
            }
        }
    }
}
