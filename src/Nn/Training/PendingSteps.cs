using Engine.Nn.Optimizers;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>The results of one step.</summary>
/// <param name="Batch">The batch's index in its epoch, from 0.</param>
/// <param name="Step">The step's number in the run, from 1.</param>
/// <param name="Examples">How many examples the batch had.</param>
/// <param name="Loss">Their mean loss.</param>
/// <param name="Correct">How many of them were classified correctly; a mixed one counts for both labels by their shares.</param>
/// <param name="Fault">Why the step could not clip the gradient norm, or null; the weights are then invalid.</param>
internal readonly record struct StepFigures(int Batch, long Step, int Examples, double Loss, double Correct, string? Fault = null)
{
    /// <summary>Whether a rank was told to stop, so that all do.</summary>
    public bool Stop { get; init; }
}

/// <summary>
/// The losses, scores and (if the norm is clipped) squared gradients of steps on a GPU. They stay there because fetching
/// them would wait for all queued work before the next step could be queued. They are fetched all at once.
/// </summary>
internal sealed class PendingSteps : IDisposable
{
    private const int Most = 256;

    // 4 MiB.
    private const int MostValues = 1 << 20;

    private readonly Optimizer _optimizer;
    private readonly int _classes;
    private readonly int _scoresAt;
    private readonly int _stride;
    private readonly Tensor _values;
    private readonly Waiting[] _steps;
    private int _count;

    /// <summary>
    /// Allocates room for some steps of a plan on a device. A step's values are its loss, the squared gradients and the scores.
    /// </summary>
    public PendingSteps(BatchPlan plan, int classes, Optimizer optimizer, Device device)
    {
        (_optimizer, _classes, _scoresAt) = (optimizer, classes, 1 + optimizer.MostSquares);
        _stride = _scoresAt + plan.Largest * classes;
        _steps = new Waiting[Math.Clamp(MostValues / _stride, 1, Math.Min(Most, plan.Batches))];
        _values = TensorScope.Release(Tensor.Zeros(new Shape(_steps.Length * _stride), device));
    }

    /// <summary>Whether the steps must be fetched before another can be added.</summary>
    public bool IsFull => _count == _steps.Length;

    /// <summary>Queues a copy of a step's loss and scores.</summary>
    public void Add(Batch batch, int number, long step, Tensor loss, Tensor scores)
    {
        _steps[_count++] = new(number, step, batch.Labels.ToArray(), batch.Share == 1 ? [] : batch.PartnerLabels.ToArray(),
            batch.Share, []);
        Copy(loss, 0);
        Copy(scores, _scoresAt);
    }

    /// <summary>Queues a copy of the squared gradients of the last step added.</summary>
    public void AddSquares(Parameter[] parameters, Tensor squares)
    {
        _steps[_count - 1] = _steps[_count - 1] with { Squared = parameters };
        Copy(squares, 1);
    }

    /// <summary>Fetches the figures of the pending steps, in order.</summary>
    public StepFigures[] Take()
    {
        if (_count == 0) return [];
        using var used = _values.Slice(0, 0, _count * _stride);
        var values = used.ToArray();
        var figures = new StepFigures[_count];
        for (var i = 0; i < figures.Length; i++)
        {
            var (number, step, labels, partners, share, squared) = _steps[i];
            var own = values.AsSpan(i * _stride, _stride);
            var correct = Scores.Correct(own.Slice(_scoresAt, labels.Length * _classes), labels, partners, share);
            figures[i] = new(number, step, labels.Length, own[0], correct,
                _optimizer.Fault(squared, own.Slice(1, squared.Length)));
        }

        _count = 0;
        return figures;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _values.Dispose();

    // Into the last step added.
    private void Copy(Tensor values, int offset)
    {
        using var room = _values.Slice(0, (_count - 1) * _stride + offset, values.Count);
        using var shaped = room.Reshape(values.Shape.Sizes);
        shaped.CopyFrom(values);
    }

    private readonly record struct Waiting(
        int Number, long Step, int[] Labels, int[] PartnerLabels, double Share, Parameter[] Squared);
}
