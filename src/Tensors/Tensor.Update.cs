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
    /// <exception cref="ArgumentException">A state is missing or too much, or a shape or device differs.</exception>
    public void Update(UpdateRule rule, in UpdateFactors factors, Tensor gradient, Tensor? first = null, Tensor? second = null)
    {
        CheckState(nameof(gradient), gradient, true);
        CheckState(nameof(first), first, rule is UpdateRule.Momentum or UpdateRule.Adam or UpdateRule.Adamax or UpdateRule.RmsPropMomentum);
        CheckState(nameof(second), second, rule is not (UpdateRule.Plain or UpdateRule.Momentum));
        Device.Backend.Update(rule, factors, gradient, this, first, second);
        MarkWritten();
        first?.MarkWritten();
        second?.MarkWritten();

        void CheckState(string name, Tensor? state, bool wanted)
        {
            if (state is null != !wanted) Throw.Argument($"Update: {rule} {(wanted ? "needs" : "has no")} {name} for {Shape}.");
            if (state is null) return;
            CheckOperands(nameof(Update), this, state);
            if (state.Shape != Shape) Throw.Argument($"Update: {name} {state.Shape} must have the shape {Shape} of what it updates.");
        }
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape and type on the same device.</summary>
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
