namespace Engine.Tensors;

public partial interface IBackend
{
    /// <summary>
    /// result[i] = x[i] / (1 - rate), or 0 where the random word of element i is below rate · 2³². Within the 64 elements from
    /// 64·b on, element 64·b + 16·w + j takes word w of the Philox block counter + 16·b + j (see
    /// <see cref="RandomStream.Philox"/>), on every device. The result may be x.
    /// </summary>
    void Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result);
}
