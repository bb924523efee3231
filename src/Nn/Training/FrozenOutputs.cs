using System.Runtime.InteropServices;
using Engine.Dsp.Files;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// Examples as the layers after the frozen ones see them: what these give for each, computed once and kept in memory or, if it
/// is larger than allowed, in a temporary file that ends with the process.
/// </summary>
internal sealed class FrozenOutputs : IExampleSource, IDisposable
{
    private readonly IExampleSource _source;
    private readonly long _stride;
    private readonly float[]?[] _kept;
    private readonly FileStream? _file;

    private FrozenOutputs(IExampleSource source, FrozenPrefix prefix, long memory)
    {
        (_source, Shapes) = (source, prefix.Shapes(source.Shapes));
        _stride = Shapes.Sum(s => (long)s.Count) * sizeof(float);
        Bytes = _stride * source.Count;
        _kept = new float[]?[Bytes <= memory ? source.Count : 0];
        if (_kept.Length == 0) _file = NamelessFile.Create(Path.GetTempPath(), bufferSize: 0);
    }

    public int Count => _source.Count;

    public IReadOnlyList<Shape> Shapes { get; }

    public int Classes => _source.Classes;

    public bool Augments => false;

    /// <summary>Bytes of all outputs.</summary>
    public long Bytes { get; }

    /// <summary>Whether they are kept in a file.</summary>
    public bool IsOnDisk => _file is not null;

    /// <summary>Runs the frozen layers on every example.</summary>
    /// <param name="source">The examples, which must not augment.</param>
    /// <param name="prefix">The frozen layers.</param>
    /// <param name="batchSize">How many to run at once.</param>
    /// <param name="memory">The most bytes to keep in memory.</param>
    /// <param name="device">The network's device.</param>
    /// <param name="cancellation">Stops it after the current batch.</param>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static FrozenOutputs Of(
        IExampleSource source, FrozenPrefix prefix, int batchSize, long memory, Device device, CancellationToken cancellation)
    {
        var outputs = new FrozenOutputs(source, prefix, memory);
        try
        {
            using var batches = new EvaluationBatches(source, batchSize).Read(labels: false);
            while (batches.Next() is { } batch)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                outputs.Keep(batch.Examples, prefix.Run(batch.All.Upload(device)));
            }

            return outputs;
        }
        catch (Exception e)
        {
            outputs.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new IOException($"{Path.GetTempPath()}: the outputs of the frozen layers, {outputs.Bytes >> 20} MiB, cannot be "
                + $"written ({e.Message}); set TMPDIR to a folder that has room.", e);
        }
    }

    public int Label(int index) => _source.Label(index);

    public void Read(int index, IReadOnlyList<Memory<float>> inputs, RandomStream? augmentation)
    {
        if (_file is null)
        {
            var at = 0;
            foreach (var input in inputs)
            {
                _kept[index].AsSpan(at, input.Length).CopyTo(input.Span);
                at += input.Length;
            }

            return;
        }

        var offset = index * _stride;
        foreach (var input in inputs)
        {
            var bytes = MemoryMarshal.AsBytes(input.Span);
            if (!NamelessFile.Fill(_file, offset, bytes))
                throw new IOException($"{Path.GetTempPath()}: the outputs of the frozen layers are cut short.");
            offset += bytes.Length;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Keep(ReadOnlySpan<int> examples, Tensor[] outputs)
    {
        var values = Array.ConvertAll(outputs, o => o.ToArray());
        for (var i = 0; i < examples.Length; i++)
        {
            var row = new float[_stride / sizeof(float)];
            var at = 0;
            for (var o = 0; o < values.Length; o++)
            {
                var size = Shapes[o].Count;
                values[o].AsSpan(i * size, size).CopyTo(row.AsSpan(at));
                at += size;
            }

            if (_file is null) _kept[examples[i]] = row;
            else RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes(row.AsSpan()), examples[i] * _stride);
        }
    }
}
