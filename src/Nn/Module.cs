using Engine.Tensors;

namespace Engine.Nn;

/// <summary>
/// A part of a network: a tree of modules with named parameters. Names are those of PyTorch's state dictionary, so that
/// weights can be exchanged in both directions: <c>0.weight</c>, <c>weight_ih_l0</c>, <c>running_mean</c>.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<Module> _children = [];
    private readonly List<Parameter> _state = [];
    private Module? _parent;
    private string _name = "";

    /// <summary>The path from the root, joined by dots; empty for the root.</summary>
    public string Path => string.IsNullOrEmpty(_parent?.Path) ? _name : $"{_parent.Path}.{_name}";

    /// <summary>Type and sizes, such as <c>Dense 128 -> 10</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The child modules, in order.</summary>
    public IReadOnlyList<Module> Children => _children;

    /// <summary>How many inputs <see cref="Forward(IReadOnlyList{Tensor}, ForwardContext)"/> takes.</summary>
    public abstract int InputCount { get; }

    /// <summary>Whether two training passes over the same inputs differ: dropout is at work.</summary>
    internal virtual bool IsRandom => _children.Any(c => c.IsRandom);

    /// <summary>
    /// Whether it computes a sample of a batch no slower alone than with the others: it has few weights for what it computes.
    /// </summary>
    internal virtual bool SuitsSampleBySample => false;

    /// <summary>
    /// Whether its outputs depend on nothing but its inputs as long as its parameters are frozen: nothing in it is learned or
    /// random.
    /// </summary>
    internal bool IsFixed => !IsRandom && Parameters().All(p => p.IsFrozen);

    /// <summary>The parameters and buffers that training changes, as they are frozen now.</summary>
    internal IEnumerable<Parameter> ChangingState()
    {
        // A normalisation whose parameters are frozen keeps its running statistics.
        var learns = _state.Exists(p => !p.IsBuffer && !p.IsFrozen) || !_state.Exists(p => !p.IsBuffer);
        return _state.Where(p => p.IsBuffer ? learns : !p.IsFrozen).Concat(_children.SelectMany(c => c.ChangingState()));
    }

    /// <summary>Path and description, as errors name a module.</summary>
    internal string Where => Path.Length == 0 ? Description : $"{Path} ({Description})";

    /// <summary>Whether it is the module of this path, or part of it: <c>features.3.0</c> is in <c>features.3</c>.</summary>
    public bool IsIn(string path) => IsIn(Path, path);

    internal static bool IsIn(string name, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return name.StartsWith(path, StringComparison.Ordinal) && (name.Length == path.Length || name[path.Length] == '.');
    }

    /// <summary>Everything that is saved: the parameters and buffers of this module and its children.</summary>
    public IEnumerable<Parameter> State() => _state.Concat(_children.SelectMany(c => c.State()));

    /// <summary>The learned parameters of this module and its children.</summary>
    public IEnumerable<Parameter> Parameters() => State().Where(p => !p.IsBuffer);

    /// <summary>Finds a parameter or buffer by its name within the whole tree.</summary>
    /// <exception cref="ArgumentException">No parameter has this name; the message lists those that exist.</exception>
    public Parameter Parameter(string name) =>
        State().FirstOrDefault(p => p.Name == name)
        ?? throw new ArgumentException(
            $"{Where}: no parameter is called '{name}'; there are {string.Join(", ", State().Select(p => p.Name))}.");

    /// <summary>The number of learned parameters.</summary>
    public long CountParameters() => Parameters().Sum(p => (long)p.Shape.Count);

    /// <summary>
    /// Initialises every parameter and buffer. Each draws from a random stream of its own name, so its initial values do not
    /// depend on the others.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="device">The device that the network will run on; the default device if null.</param>
    public void Initialize(ulong seed, Device? device = null)
    {
        foreach (var parameter in State())
        {
            var values = new float[parameter.Shape.Count];
            parameter.Initializer(values, parameter.Shape, new RandomStream(seed, $"init/{parameter.Name}"));
            parameter.Assign(values, device ?? Device.Default);
        }
    }

    /// <summary>Runs the network on one tensor per input, samples along the first axis.</summary>
    /// <exception cref="ArgumentException">The number of inputs or a shape is wrong; the message names the layer and the
    /// shapes.</exception>
    public abstract Tensor Forward(IReadOnlyList<Tensor> inputs, ForwardContext context);

    /// <summary>The layers in execution order for inputs of these shapes, without running them.</summary>
    /// <exception cref="ArgumentException">The number of inputs or a shape is wrong; the message names the layer and the
    /// shapes.</exception>
    public abstract IReadOnlyList<LayerSummary> Summarize(IReadOnlyList<Shape> inputs);

    /// <summary>Clears all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in Parameters()) parameter.ClearGradient();
    }

    /// <summary>Frees the memory of all parameters.</summary>
    public void Dispose()
    {
        foreach (var parameter in State()) parameter.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Path and description.</summary>
    public override string ToString() => Where;

    /// <summary>Adds a learned parameter.</summary>
    protected Parameter AddParameter(string name, Shape shape, Initializer initializer) =>
        Add(new Parameter(this, name, shape, initializer, false));

    /// <summary>Adds a buffer, which is saved but not learned.</summary>
    protected Parameter AddBuffer(string name, Shape shape, Initializer initializer) =>
        Add(new Parameter(this, name, shape, initializer, true));

    /// <summary>Adds a module inside this one.</summary>
    /// <exception cref="ArgumentException">It is already inside another.</exception>
    protected void AddChild(string name, Module child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child._parent is not null)
            Guard.Argument($"{Where}: {child.Where} is already part of a network and cannot be added as '{name}'.");
        (child._parent, child._name) = (this, name);
        _children.Add(child);
    }

    /// <summary>Checks the number of inputs.</summary>
    private protected void CheckInputs(int count)
    {
        if (count != InputCount) Guard.Argument($"{Where}: {count} inputs were given; it takes {InputCount}.");
    }

    private Parameter Add(Parameter parameter)
    {
        _state.Add(parameter);
        return parameter;
    }
}
