using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// A named tensor of a module: learned (a weight, a bias), or a buffer that is saved with the weights but not learned
/// (running statistics). Its shape is known from the start; its memory is allocated by <see cref="Module.Initialize"/> or by
/// loading, so that a network can be described without allocating it.
/// </summary>
public sealed class Parameter : IDisposable
{
    private readonly Module _owner;
    private readonly string _name;
    private Tensor? _value;
    private bool _frozen;
    private bool _isDisposed;

    internal Parameter(Module owner, string name, Shape shape, Initializer initializer, bool isBuffer)
    {
        (_owner, _name, Shape, Initializer, IsBuffer) = (owner, name, shape, initializer, isBuffer);
    }

    /// <summary>The name in PyTorch's state dictionary, such as <c>0.weight</c>.</summary>
    public string Name => _owner.Path.Length == 0 ? _name : $"{_owner.Path}.{_name}";

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>Sets the initial values.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>Whether it is a buffer, which no optimiser changes.</summary>
    public bool IsBuffer { get; }

    /// <summary>
    /// λ of a penalty λ·Σw² on this parameter's values; optimisers add its gradient 2λ·w (Keras' <c>l2(λ)</c>).
    /// </summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double L2 { get; set => field = Guard.NotNegative(Name, nameof(L2), value); }

    /// <summary>What optimisers multiply the learning rate by for this parameter; 1: nothing.</summary>
    /// <exception cref="ArgumentException">It is not above 0 and finite.</exception>
    public double LearningRateScale { get; set => field = Guard.AboveZero(Name, nameof(LearningRateScale), value); } = 1;

    /// <summary>
    /// Whether training leaves a learned parameter unchanged. A batch normalisation whose parameters are frozen normalises by
    /// its running statistics, in training too, and leaves them unchanged.
    /// </summary>
    public bool IsFrozen
    {
        get => _frozen;
        set
        {
            _frozen = value;
            if (_value is not null && !IsBuffer) _value.RequiresGrad = !value;
            if (value) ClearGradient();
        }
    }

    /// <summary>Whether it is the parameter of this name, or belongs to the module of this path.</summary>
    public bool IsIn(string path) => Module.IsIn(Name, path);

    /// <summary>Whether the memory is allocated.</summary>
    public bool HasValue => _value is not null;

    /// <summary>The values.</summary>
    /// <exception cref="InvalidOperationException">The network has been neither initialised nor loaded.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of and has been neither initialised nor loaded
    /// since.</exception>
    public Tensor Value
    {
        get
        {
            var value = _value;
            if (value is not null) return value;
            if (_isDisposed)
                throw new ObjectDisposedException(null,
                    $"{Name} {Shape} was disposed of; initialise the network or load weights again.");
            Guard.Invalid($"{Name} {Shape} has no values yet; initialise the network or load weights first.");
            return null;
        }
    }

    /// <summary>The gradient accumulated by backward passes, or null.</summary>
    public Tensor? Gradient => _value?.Grad;

    /// <summary>Clears the gradient.</summary>
    public void ClearGradient()
    {
        if (_value?.Grad is not { } gradient) return;
        gradient.Dispose();
        _value.Grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ClearGradient();
        _isDisposed = true;
        _value?.Dispose();
        _value = null;
    }

    /// <summary>Overwrites the values, allocating or moving the memory if it is not on <paramref name="device"/>.</summary>
    internal void Assign(ReadOnlySpan<float> values, Device device)
    {
        if (_value?.Device == device)
        {
            _value.Write(values);
            return;
        }

        Replace(Tensor.From(values, Shape, device));
    }

    /// <summary>The same, but a large array may become the memory: it must not be used afterwards.</summary>
    internal void Take(float[] values, Device device) => Replace(Tensor.Take(values, Shape, device));

    private void Replace(Tensor value)
    {
        Dispose();
        _value = TensorScope.Release(value);
        _value.RequiresGrad = !IsBuffer && !_frozen;
        _isDisposed = false;
    }
}
