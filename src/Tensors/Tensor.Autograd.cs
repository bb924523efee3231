using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>
    /// Whether a tape records operations on this tensor, so that <see cref="Tape.Backward(Tensor, Tensor?)"/> fills
    /// <see cref="Grad"/>. Set it on leaves: parameters, or inputs whose gradient is wanted.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The tensor holds integers, or is itself the result of a recorded operation.
    /// </exception>
    public bool RequiresGrad
    {
        get => Slot is not null;
        set
        {
            Expect(ElementType.Float32, nameof(RequiresGrad));
            if (value == RequiresGrad) return;
            if (!value && !IsLeaf)
                Throw.Invalid($"RequiresGrad: {Shape} is the result of a recorded operation; use Detach to cut it off.");
            IsLeaf = value;
            Slot = value ? new GradientSlot(this) : null;
        }
    }

    /// <summary>The gradient summed over backward passes, or null before the first; set null to start again.</summary>
    public Tensor? Grad { get; set; }

    internal GradientSlot? Slot { get; set; }

    private bool IsLeaf { get; set; }

    /// <summary>The same elements, without a copy, detached from the history.</summary>
    public Tensor Detach()
    {
        ExpectAlive(nameof(Detach));
        return Alias();
    }
}
