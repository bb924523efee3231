namespace Engine.Tensors;

/// <summary>
/// Owns the tensors made on this thread while it is the innermost scope, and releases those left when it ends. Scopes nest; a
/// <see cref="Autograd.Tape"/> is one.
/// </summary>
public class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    private readonly List<Tensor> _tensors = [];
    private readonly TensorScope? _parent;

    /// <summary>Opens a scope on this thread.</summary>
    public TensorScope()
    {
        _parent = s_current;
        s_current = this;
    }

    /// <summary>Whether the scope has ended.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The scope around this one.</summary>
    protected TensorScope? Parent => _parent;

    /// <summary>Hands a tensor to the scope outside this one, or to nobody if there is none, and returns it.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="tensor"/> is null.</exception>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Scope != this) return tensor;
        tensor.Scope = _parent;
        _parent?._tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Releases what the scope still owns and makes the scope around it current again.</summary>
    /// <exception cref="InvalidOperationException">A scope opened inside this one is still open.</exception>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Takes a tensor that outlives its scope (a parameter, an optimiser's state) out of every scope and returns it; whoever
    /// holds it disposes it.
    /// </summary>
    /// <exception cref="ArgumentNullException"><paramref name="tensor"/> is null.</exception>
    public static Tensor Release(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Scope = null;
        return tensor;
    }

    internal static void Adopt(Tensor tensor)
    {
        tensor.Scope = s_current;
        s_current?._tensors.Add(tensor);
    }

    /// <summary>Ends the scope; see <see cref="Dispose()"/>.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (IsDisposed) return;
        if (s_current != this)
            Throw.Invalid("TensorScope: a scope opened inside this one, or on another thread, is still open; end it first.");
        IsDisposed = true;
        s_current = _parent;
        foreach (var tensor in _tensors)
        {
            if (tensor.Scope == this) tensor.Dispose();
        }

        _tensors.Clear();
    }
}
