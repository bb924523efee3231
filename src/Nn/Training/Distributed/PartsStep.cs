using Engine.Nn.Optimizers;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// A step whose batch is cut into parts, of which each rank computes some: forward and backward of one part after the other, the
/// sum of all parts' gradients (<see cref="PartTree"/>), then the optimiser, by the same gradients on every rank. Buffers, such
/// as running statistics, start in each part from those of the step; the new ones are the mean over parts, weighted by their
/// examples.
/// </summary>
internal sealed class PartsStep : ITrainingStep
{
    private readonly Module _network;
    private readonly Optimizer _optimizer;
    private readonly ExponentialMovingAverage? _average;
    private readonly TrainerOptions _options;
    private readonly TrainingLoss _loss;
    private readonly PartLayouts _layouts;
    private readonly Parameter[] _buffers, _learned;
    private readonly (Parameter Buffer, Tensor Copy)[] _before;
    private readonly Dictionary<Tensor, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly PartSums _sums;
    private readonly StepExchange? _exchange;

    // Of each value, whether the part in hand has given it.
    private readonly bool[] _given;

    public PartsStep(
        Module network, ForwardPass forward, Optimizer optimizer, ExponentialMovingAverage? average, TrainerOptions options,
        PartLayouts layouts)
    {
        (_network, _optimizer, _average, _options, _layouts) = (network, optimizer, average, options, layouts);
        _loss = new TrainingLoss(network, forward, options);
        // Buffers are complete first, then the last layers' gradients.
        _buffers = [.. network.ChangingState().Where(p => p.IsBuffer)];
        _learned = [.. network.Parameters().Where(p => !p.IsFrozen).Reverse()];
        _before = options.Parts == 1 ? [] : [.. _buffers.Select(b => (b, WeightSnapshot.Copy(b.Value)))];
        for (var p = 0; p < _learned.Length; p++) _places[_learned[p].Value] = _buffers.Length + p;
        Parameter[] values = [.. _buffers, .. _learned];
        (_sums, _given) = (new PartSums(values.Length), new bool[values.Length]);
        if (options.Ranks.Size > 1)
            _exchange = new StepExchange(options.Ranks, new FlatValues([.. values.Select(v => v.Shape)]));
    }

    private Communicator Ranks => _options.Ranks;

    /// <inheritdoc/>
    public StepFigures? Run(Batch batch, int epoch, int number, CancellationToken stop)
    {
        _network.ClearGradients();
        var sent = Ranks.BytesSent;
        var layout = _layouts[batch.Total];
        var head = new StepHead(layout);
        _exchange?.Begin(layout, _sums, head);
        foreach (var (buffer, copy) in _before) copy.CopyFrom(buffer.Value);
        string? problem = null;
        for (var part = layout.Own.From; part < layout.Own.To && problem is null; part++)
            problem = Run(batch, layout, part, head, $"dropout/{epoch}/{number}", stop);
        head.Stop |= layout.Own.From == layout.Own.To && stop.IsCancellationRequested;
        if (problem is not null) _exchange?.Fail();
        // Ranks without a part have nothing to wait for.
        for (var v = 0; layout.Own.From == layout.Own.To && v < _given.Length; v++) _exchange?.Complete(v);
        Finish(layout, head, problem);
        _options.Profile?.End(StepPhase.Exchange);
        TrainingStep.Change(_optimizer, _average, null);
        _options.Profile?.End(StepPhase.Optimizer);
        _options.Profile?.EndStep(Ranks.BytesSent - sent);
        return new(number, _optimizer.Steps, batch.Total, head.Loss, head.Correct) { Stop = head.Stop };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exchange?.Dispose();
        _sums.Dispose();
        foreach (var (_, copy) in _before) copy.Dispose();
    }

    // Returns what is wrong if the loss is not finite.
    private string? Run(
        Batch batch, PartLayout layout, int part, StepHead head, string dropout, CancellationToken stop)
    {
        var (parts, own) = (layout.Parts, layout.Own);
        if (_options.Parts > 1) dropout += $"/{part}";
        if (part > own.From)
        {
            foreach (var (buffer, copy) in _before) buffer.Value.CopyFrom(copy);
        }

        Array.Clear(_given);
        var completed = layout.Tree.CompletedBy(part, own.From);
        var isLast = part == own.To - 1;
        using var tape = new Tape();
        var rows = batch.Rows(parts.Start(part) - parts.Start(own.From), parts.Size(part));
        var result = _loss.Run(rows, dropout);
        var (loss, correct) = TrainingLoss.Look(rows, result);
        head.Set(part, loss, correct);
        // As late as possible: the head leaves with the first gradients.
        head.Stop |= isLast && stop.IsCancellationRequested;
        if (!float.IsFinite(loss))
        {
            var where = _options.Parts == 1 ? "" : $"part {part + 1} of {parts.Count}: ";
            return where + _loss.Explain(rows, dropout, result, loss);
        }

        var weight = (float)parts.Weight(part);
        for (var b = 0; b < _buffers.Length; b++)
        {
            var value = _buffers[b].Value;
            Give(b, weight == 1 ? WeightSnapshot.Copy(value) : value.Scale(weight), completed, isLast);
        }

        _options.Profile?.End(StepPhase.Forward);
        tape.Backward(result.Loss, weight == 1 ? null : Tensor.Full(result.Loss.Shape, weight, _loss.Device), leaf =>
        {
            if (_places.TryGetValue(leaf, out var place)) GiveGradient(place, completed, isLast);
        });
        // Those that nothing depends on.
        for (var v = _buffers.Length; v < _given.Length; v++)
        {
            if (!_given[v]) GiveGradient(v, completed, isLast);
        }

        _options.Profile?.End(StepPhase.Backward);
        return null;
    }

    private void GiveGradient(int place, int completed, bool isLast)
    {
        var parameter = _learned[place - _buffers.Length];
        var gradient = parameter.Gradient ?? Tensor.Zeros(parameter.Shape, _loss.Device);
        parameter.Value.Grad = null;
        Give(place, gradient, completed, isLast);
    }

    private void Give(int place, Tensor tensor, int completed, bool isLast)
    {
        _given[place] = true;
        _sums.Add(place, tensor, completed);
        if (isLast) _exchange?.Complete(place);
    }

    // Gives parameters and buffers the sums over all parts.
    private void Finish(PartLayout layout, StepHead head, string? problem)
    {
        var sums = _exchange is null ? null : _exchange.Finish();
        if (head.Fault is { } part)
        {
            _sums.Clear();
            throw new TrainingException(Ranks.ShareText(problem, layout.Parts.Owner(part, Ranks.Size)));
        }

        sums ??= [.. Enumerable.Range(0, _given.Length).Select(_sums.Take)];
        _sums.Clear();
        for (var b = 0; b < _buffers.Length; b++)
        {
            _buffers[b].Value.CopyFrom(sums[b]);
            sums[b].Dispose();
        }

        for (var p = 0; p < _learned.Length; p++) _learned[p].Value.Grad = sums[_buffers.Length + p];
    }
}
