using Engine.Tensors.Operators;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// Changes the elements in place by one step of an optimiser; the tape does not record it. States have this tensor's
    /// shape and are changed too.
    /// </summary>
    /// <param name="rule">The formula.</param>
    /// <param name="factors">Its numbers.</param>
    /// <param name="gradient">The gradient; not changed.</param>
    /// <param name="first">The first state, if the rule has one.</param>
    /// <param name="second">The second state, if the rule has one.</param>
    /// <exception cref="ArgumentException">A state is missing or not wanted, or a shape or device differs.</exception>
    public void Update(UpdateRule rule, in UpdateFactors factors, Tensor gradient, Tensor? first = null, Tensor? second = null) =>
        UpdateEach(nameof(Update), rule, factors, null, [new(this, gradient, first, second)]);

    /// <summary>
    /// <see cref="Update"/> of several tensors at once, which a GPU does in a few launches; each result is the same as alone. No
    /// tensor may appear twice.
    /// </summary>
    /// <param name="rule">The formula.</param>
    /// <param name="factors">Its numbers.</param>
    /// <param name="updates">What to change, by what.</param>
    /// <param name="gradientScale">
    /// A scalar that all gradients are multiplied by first, such as <see cref="ClipScale"/> returns; null for 1.
    /// </param>
    /// <exception cref="ArgumentException">A state is missing or not wanted, or a shape or device differs.</exception>
    public static void UpdateAll(
        UpdateRule rule, in UpdateFactors factors, ReadOnlySpan<ParameterUpdate> updates, Tensor? gradientScale = null) =>
        UpdateEach(nameof(UpdateAll), rule, factors, gradientScale, updates);

    /// <summary>Σ x² of each tensor, [tensors]; the tape does not record it.</summary>
    /// <exception cref="ArgumentException">There is no tensor, or a device differs.</exception>
    public static Tensor SumSquares(params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.Length == 0) Throw.Argument("SumSquares: there is no tensor to sum.");
        foreach (var tensor in tensors) CheckOperands(nameof(SumSquares), tensors[0], tensor);
        var result = Empty(new Shape(tensors.Length), tensors[0].Device);
        result.Device.Backend.SumSquares(tensors, result);
        return result;
    }

    /// <summary>
    /// From gradients' <see cref="SumSquares"/>, the scalar min(1, limit/√Σ) with which <see cref="UpdateAll"/> limits their
    /// joint norm; NaN if one of them is not finite. It does not wait for a GPU, and the tape does not record it.
    /// </summary>
    /// <exception cref="ArgumentException">The limit is not above 0.</exception>
    public Tensor ClipScale(double limit)
    {
        Expect(ElementType.Float32, nameof(ClipScale));
        if (!(limit > 0)) Throw.Argument($"ClipScale: the limit of the squares {Shape} is {limit}; it must be above 0.");
        var result = Empty(new Shape(), Device);
        Device.Backend.ClipScale(this, limit, result);
        return result;
    }

    private static void UpdateEach(
        string operation, UpdateRule rule, in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
    {
        if (updates.Length == 0) return;
        if (gradientScale is not null)
        {
            CheckOperands(operation, updates[0].Parameter, gradientScale);
            if (gradientScale.Count != 1)
                Throw.Argument($"{operation}: the gradients' scale {gradientScale.Shape} must have one element.");
        }

        var step = UpdateStep.Find(rule);
        foreach (var (parameter, gradient, first, second) in updates)
        {
            CheckOperands(operation, updates[0].Parameter, parameter);
            CheckState(nameof(gradient), gradient, true);
            CheckState(nameof(first), first, step.HasFirst);
            CheckState(nameof(second), second, step.HasSecond);

            void CheckState(string name, Tensor? state, bool wanted)
            {
                if (state is null != !wanted)
                    Throw.Argument($"{operation}: {rule} {(wanted ? "needs" : "has no")} {name} for {parameter.Shape}.");
                if (state is null) return;
                CheckOperands(operation, parameter, state);
                if (state.Shape != parameter.Shape)
                    Throw.Argument($"{operation}: {name} {state.Shape} must have the shape {parameter.Shape} of what it "
                        + "updates.");
            }
        }

        step.Run(updates[0].Parameter.Device.Backend, factors, gradientScale, updates);
        foreach (var (parameter, _, first, second) in updates)
        {
            parameter.MarkWritten();
            first?.MarkWritten();
            second?.MarkWritten();
        }
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape, type and device.</summary>
    /// <exception cref="ArgumentException">Shape, type or device differ.</exception>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ExpectAlive(nameof(CopyFrom));
        source.Expect(Type, nameof(CopyFrom));
        if (source.Shape != Shape || source.Device != Device) Throw.Argument($"CopyFrom: {source} does not fill {this}.");
        Device.Backend.Copy(source, this);
        MarkWritten();
    }
}
