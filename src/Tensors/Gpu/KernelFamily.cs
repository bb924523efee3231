namespace Engine.Tensors.Gpu;

/// <summary>A file of kernels with what it shares with others and the sizes it is compiled with: one program.</summary>
internal sealed class KernelFamily
{
    private readonly string _name;
    private readonly string[] _shared;
    private readonly (string, int)[] _defines;
    private KernelSource? _source;

    /// <summary>Names the file <c>Kernels/{name}.cl</c> and those that go before it.</summary>
    public KernelFamily(string name, string[]? shared = null, params (string Name, int Value)[] defines)
    {
        (_name, _shared, _defines) = (name, shared ?? [], defines);
        Key = defines.Length == 0 ? name : $"{name} {string.Join(' ', defines)}";
    }

    /// <summary>Tells it from others, also from the same file with other sizes.</summary>
    public string Key { get; }

    /// <summary>The text to compile.</summary>
    public KernelSource Source => _source ??= KernelSource.Of(_name, _shared, _defines);
}
