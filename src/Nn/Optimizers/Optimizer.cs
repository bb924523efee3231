using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Optimizers;

/// <summary>
/// Changes parameters by their gradients. Each step is one pass over the memory of all parameters together and makes no new
/// arrays of their size; states are made at the first step that may change a parameter. Parameters that are frozen or have no
/// gradient stay as they are.
/// </summary>
public sealed class Optimizer : IDisposable
{
    private readonly OptimizerOptions _options;
    private readonly StepFactors _factors;
    private readonly Slot[] _slots;
    private readonly ParameterUpdate[] _updates;

    /// <summary>Makes the optimiser for these parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or an option is out of its range.</exception>
    public Optimizer(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _factors, Kind) = (options, options.Start(), options.GetType().Name);
        _slots = [.. parameters.Where(p => !(p ?? throw new ArgumentException($"{Kind}: a parameter is null.")).IsBuffer)
            .Select(p => new Slot(p))];
        if (_slots.Length == 0) Guard.Argument($"{Kind}: there is no parameter to learn.");
        _updates = new ParameterUpdate[_slots.Length];
        LearningRate = options.LearningRate;
        // Options must not start at a rate of 0, but a schedule may reach it.
        Guard.Ranges(Kind, options.GetType(), options with { LearningRate = 1 });
    }

    /// <summary>The step size; a schedule may change it between steps.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double LearningRate { get; set => field = Guard.NotNegative(Kind, nameof(LearningRate), value); }

    /// <summary>λ of weight decay; the optimiser decides how it acts.</summary>
    public double WeightDecay => _options.WeightDecay;

    /// <summary>
    /// Limits the joint norm of all gradients: if it is larger, all are scaled down to this norm; null for no limit. Weight decay
    /// and L2 are added afterwards. A non-finite norm cannot be limited: see <see cref="Step()"/>.
    /// </summary>
    /// <exception cref="ArgumentException">It is not above 0 and finite.</exception>
    public double? ClipNorm { get; init => field = value is { } v ? Guard.AboveZero(Kind, nameof(ClipNorm), v) : null; }

    /// <summary>Limits each value of the gradients, after <see cref="ClipNorm"/>; null for no limit.</summary>
    /// <exception cref="ArgumentException">It is not above 0 and finite.</exception>
    public double? ClipValue { get; init => field = value is { } v ? Guard.AboveZero(Kind, nameof(ClipValue), v) : null; }

    /// <summary>How many steps have been made.</summary>
    public long Steps { get; internal set; }

    /// <summary>The rule's name.</summary>
    internal string Kind { get; }

    /// <summary>How many squares <see cref="Step(Action{Parameter[], Tensor})"/> hands out at most.</summary>
    internal int MostSquares => ClipNorm is null ? 0 : _slots.Length;

    /// <summary>
    /// Makes one step from the gradients, which stay as they are. On a GPU, the step is queued without waiting for it. If the
    /// gradients' norm is to be limited (<see cref="ClipNorm"/>) but is not finite, the processor throws and changes nothing; on
    /// a GPU, where a check would have to wait, every weight that the step changes becomes NaN, and so do its states.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// On the processor: the gradients' norm is to be limited but is not finite.
    /// </exception>
    public void Step() => Step(null);

    /// <summary>
    /// The same step. On a GPU, checking the gradients' norms is left to <paramref name="later"/>: it gets the parameters and, on
    /// the device, Σ g² of each, to be copied before it returns and checked by <see cref="Fault"/> once fetched.
    /// </summary>
    internal void Step(Action<Parameter[], Tensor>? later)
    {
        MakeStates();
        using var suspended = Tape.NoGrad();
        using var scale = ClipNorm is { } limit ? Scale(limit, later) : null;
        Steps++;
        for (var i = 0; i < _slots.Length; i++)
        {
            if (IsFirstOfItsRate(i)) Update(_slots[i].Parameter.LearningRateScale, scale);
        }

        Array.Clear(_updates);
    }

    private bool IsFirstOfItsRate(int at)
    {
        for (var i = 0; i < at; i++)
        {
            if (_slots[i].Parameter.LearningRateScale == _slots[at].Parameter.LearningRateScale) return false;
        }

        return true;
    }

    // Updates the parameters whose learning rate is scaled by this.
    private void Update(double rateScale, Tensor? clip)
    {
        var rate = LearningRate * rateScale;
        var factors = _factors(Steps, rate) with
        {
            Clip = (float)(ClipValue ?? double.PositiveInfinity),
            DirectDecay = _options.DecoupledDecay ? (float)(rate * WeightDecay) : 0,
        };
        var decay = _options.DecoupledDecay ? 0 : WeightDecay;
        var count = 0;
        foreach (var slot in _slots)
        {
            var parameter = slot.Parameter;
            if (parameter.LearningRateScale != rateScale || parameter.IsFrozen) continue;
            if (parameter.Gradient is not { } gradient) continue;
            _updates[count++] = new(parameter.Value, gradient, slot.First, slot.Second)
            {
                WeightDecay = (float)(decay + 2 * parameter.L2),
            };
        }

        Tensor.UpdateAll(_options.Rule, factors, _updates.AsSpan(0, count), clip);
    }

    /// <summary>Forgets all gradients; call it before each backward pass.</summary>
    public void ClearGradients()
    {
        foreach (var slot in _slots) slot.Parameter.ClearGradient();
    }

    /// <summary>
    /// The running states by name: the parameter's, then <c>.first</c> or <c>.second</c>. A parameter that has always been frozen
    /// has none.
    /// </summary>
    /// <exception cref="InvalidOperationException">A parameter has no values yet.</exception>
    public IEnumerable<(string Name, Tensor Tensor)> State()
    {
        MakeStates();
        foreach (var slot in _slots)
        {
            if (slot.First is not null) yield return ($"{slot.Parameter.Name}.first", slot.First);
            if (slot.Second is not null) yield return ($"{slot.Parameter.Name}.second", slot.Second);
        }
    }

    /// <summary>Returns to the state before the first step.</summary>
    internal void Reset()
    {
        Steps = 0;
        Dispose();
    }

    /// <summary>Releases the states' memory.</summary>
    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    /// <summary>Names the gradient, if any, that prevents the joint norm from being limited; null if there is none.</summary>
    internal string? Fault(Parameter[] parameters, ReadOnlySpan<float> squares)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!float.IsFinite(squares[i]))
                return $"{Kind}: the squared gradient of {parameters[i].Name} {parameters[i].Shape} sums to {squares[i]}; "
                    + "its length cannot be limited.";
        }

        return null;
    }

    // The factor that scales all gradients to the limit. Whether it exists is checked only on the processor.
    private Tensor? Scale(double limit, Action<Parameter[], Tensor>? later)
    {
        Parameter[] parameters = [.. _slots.Select(s => s.Parameter).Where(p => p.Gradient is not null)];
        if (parameters.Length == 0) return null;
        using var squares = Tensor.SumSquares(Array.ConvertAll(parameters, p => p.Gradient!));
        if (squares.Device != Device.Cpu) later?.Invoke(parameters, squares);
        else if (Fault(parameters, squares.ToArray()) is { } fault) Guard.Invalid(fault);
        return squares.ClipScale(limit);
    }

    private void MakeStates()
    {
        foreach (var slot in _slots)
        {
            if (!slot.Parameter.IsFrozen) slot.MakeStates(_options.KeepsFirst, _options.KeepsSecond);
        }
    }

    private sealed class Slot(Parameter parameter) : IDisposable
    {
        public Parameter Parameter => parameter;

        public Tensor? First { get; private set; }

        public Tensor? Second { get; private set; }

        public void MakeStates(bool first, bool second)
        {
            var value = parameter.Value;
            if (first) First ??= TensorScope.Release(Tensor.Zeros(value.Shape, value.Device));
            if (second) Second ??= TensorScope.Release(Tensor.Zeros(value.Shape, value.Device));
        }

        public void Dispose()
        {
            First?.Dispose();
            Second?.Dispose();
            (First, Second) = (null, null);
        }
    }
}
