namespace Engine.Tensors.Autograd;

/// <summary>One recorded operation.</summary>
internal sealed class Node
{
    private readonly GradientSlot[] _outputs;
    private readonly GradientSlot?[] _inputs;
    private readonly Tensor[] _saved;
    private readonly int[] _versions;
    private readonly Tape.BackwardFunction _backward;

    public Node(GradientSlot[] outputs, GradientSlot?[] inputs, ReadOnlySpan<Tensor> saved, Tape.BackwardFunction backward)
    {
        _outputs = outputs;
        _inputs = inputs;
        _backward = backward;
        _saved = new Tensor[saved.Length];
        _versions = new int[saved.Length];
        for (var i = 0; i < saved.Length; i++)
        {
            _saved[i] = TensorScope.Release(saved[i].Alias());
            _versions[i] = saved[i].Storage.Version;
        }
    }

    /// <summary>The leaves among its operands, each as often as it is one.</summary>
    public IEnumerable<Tensor> Leaves => _inputs.Select(i => i?.Leaf).OfType<Tensor>();

    /// <summary>Runs the backward step, unless no gradient reached any output.</summary>
    public void Run()
    {
        var gradients = Array.ConvertAll(_outputs, o => o.Take());
        if (Array.TrueForAll(gradients, g => g is null)) return;
        for (var i = 0; i < _saved.Length; i++)
        {
            if (_saved[i].Storage.Version != _versions[i])
            {
                Throw.Invalid($"Backward: a tensor {_saved[i].Shape} that the backward pass needs was overwritten after it "
                    + "was recorded.");
            }
        }

        _backward(new BackwardContext(gradients, _inputs, _saved));
        foreach (var gradient in gradients) gradient?.Dispose();
    }

    /// <summary>Releases the saved tensors.</summary>
    public void Release()
    {
        foreach (var tensor in _saved) tensor.Dispose();
    }
}
