namespace Engine.Tensors.Autograd;

/// <summary>
/// Records the operations on tensors that require a gradient, and runs them backwards: reverse-mode automatic differentiation,
/// define by run (Griewank and Walther, "Evaluating Derivatives", ch. 3). As a scope it owns every tensor made while it is open:
/// one tape around a training step returns the step's memory to the pool.
/// </summary>
public sealed class Tape : TensorScope
{
    [ThreadStatic]
    private static Tape? s_current;

    [ThreadStatic]
    private static int s_suspended;

    private readonly Tape? _outer;
    private readonly List<Node> _nodes = [];
    private bool _spent;

    /// <summary>Starts recording on this thread.</summary>
    public Tape()
    {
        _outer = s_current;
        s_current = this;
    }

    /// <summary>
    /// The backward step of one operation: reads the context's gradients and saved tensors, and hands over gradients.
    /// </summary>
    internal delegate void BackwardFunction(BackwardContext context);

    /// <summary>Whether operations on this thread are being recorded.</summary>
    public static bool IsRecording => s_current is not null && s_suspended == 0;

    /// <summary>Suspends recording until the returned scope ends, for evaluation and weight updates.</summary>
    public static IDisposable NoGrad() => new Suspension();

    /// <summary>
    /// Fills <see cref="Tensor.Grad"/> of every leaf that <paramref name="loss"/> depends on, adding to what is there, and
    /// releases each saved tensor as soon as its step is done. A tape can run backwards only once.
    /// </summary>
    /// <param name="loss">A tensor recorded on this tape; a single value unless <paramref name="gradient"/> is given.</param>
    /// <param name="gradient">The gradient of the final quantity with respect to <paramref name="loss"/>; null means 1.</param>
    /// <exception cref="InvalidOperationException">The tape was used before, or the loss does not depend on a leaf.</exception>
    /// <exception cref="ArgumentException">The loss is not a single value, or the gradient has another shape.</exception>
    public void Backward(Tensor loss, Tensor? gradient = null) => Backward(loss, gradient, completed: null);

    /// <summary>The same, and tells which gradients are complete while others are still computed.</summary>
    /// <param name="loss">A tensor recorded on this tape; a single value unless <paramref name="gradient"/> is given.</param>
    /// <param name="gradient">The gradient of the final quantity with respect to <paramref name="loss"/>; null means 1.</param>
    /// <param name="completed">
    /// Called with each leaf that the recorded operations use as soon as this pass adds nothing more to its gradient, which may
    /// still be null; null: nobody is told.
    /// </param>
    /// <exception cref="InvalidOperationException">The tape was used before, or the loss does not depend on a leaf.</exception>
    /// <exception cref="ArgumentException">The loss is not a single value, or the gradient has another shape.</exception>
    public void Backward(Tensor loss, Tensor? gradient, Action<Tensor>? completed)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (IsDisposed || _spent)
            Throw.Invalid("Backward: this tape was already run backwards and its saved tensors are released; record the "
                + "step again.");
        loss.ExpectAlive(nameof(Backward));
        if (loss.Slot is null)
            Throw.Invalid($"Backward: the loss {loss.Shape} does not depend on any tensor that requires a gradient.");
        if (gradient is null && loss.Count != 1)
            Throw.Argument($"Backward: the loss {loss.Shape} has {loss.Count} values; give a gradient of that shape, or "
                + "reduce it to one.");
        if (gradient is not null)
        {
            gradient.Expect(ElementType.Float32, nameof(Backward));
            Tensor.ExpectOneDevice(nameof(Backward), "loss", loss, nameof(gradient), gradient);
        }

        if (gradient is not null && gradient.Shape != loss.Shape)
            Throw.Argument($"Backward: the gradient {gradient.Shape} does not have the loss's shape {loss.Shape}.");

        _spent = true;
        using var suspension = NoGrad();
        loss.Slot.Accept(gradient?.Alias() ?? Tensor.Full(loss.Shape, 1, loss.Device));
        var leaves = completed is null ? null : new LeafUses(_nodes, completed);
        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            _nodes[i].Run();
            _nodes[i].Release();
            leaves?.Done(_nodes[i]);
        }

        _nodes.Clear();
    }

    /// <summary>Records an operation if any of its inputs needs a gradient, and marks its outputs accordingly.</summary>
    /// <param name="outputs">The operation's results.</param>
    /// <param name="inputs">
    /// Its operands, in the order that <paramref name="backward"/> numbers them; null for an absent one.
    /// </param>
    /// <param name="saved">Tensors that the backward step reads, kept until then.</param>
    /// <param name="backward">The backward step.</param>
    internal static void Record(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> saved, BackwardFunction backward)
    {
        if (!NeedsGradient(inputs)) return;
        var slots = new GradientSlot?[inputs.Length];
        for (var i = 0; i < slots.Length; i++) slots[i] = inputs[i]?.Slot;
        var outputSlots = new GradientSlot[outputs.Length];
        for (var i = 0; i < outputSlots.Length; i++) outputs[i].Slot = outputSlots[i] = new GradientSlot(null);
        s_current!._nodes.Add(new Node(outputSlots, slots, saved, backward));
    }

    /// <summary>
    /// Whether an operation on these inputs will be recorded, so that it should save what its backward step needs.
    /// </summary>
    internal static bool NeedsGradient(params ReadOnlySpan<Tensor?> inputs)
    {
        if (!IsRecording) return false;
        foreach (var input in inputs)
        {
            if (input?.Slot is not null) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (IsDisposed) return;
        foreach (var node in _nodes) node.Release();
        _nodes.Clear();
        s_current = _outer;
        base.Dispose(disposing);
    }

    private sealed class Suspension : IDisposable
    {
        private bool _ended;

        public Suspension() => s_suspended++;

        public void Dispose()
        {
            if (!_ended) s_suspended--;
            _ended = true;
        }
    }
}
