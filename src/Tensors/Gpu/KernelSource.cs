using System.Text;

namespace Engine.Tensors.Gpu;

/// <summary>
/// The text of one kernel family as a driver compiles it: sizes as defines, the prelude that makes OpenCL C and CUDA C one
/// language, what the family shares with others, the family's file. Before each file stands a <c>#line</c>, so that the
/// compiler's errors name ours.
/// </summary>
internal sealed record KernelSource
{
    private KernelSource(string family, string text) => (Family, Text) = (family, text);

    /// <summary>The family's name, which is its file's.</summary>
    public string Family { get; }

    /// <summary>All that is compiled.</summary>
    public string Text { get; }

    /// <summary>Joins the files <c>prelude</c>, <paramref name="shared"/> and <paramref name="family"/>.</summary>
    public static KernelSource Of(
        string family, ReadOnlySpan<string> shared, params ReadOnlySpan<(string Name, int Value)> defines)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in defines) text.Append($"#define {name} {value}\n");
        Append(text, "prelude");
        foreach (var file in shared) Append(text, file);
        Append(text, family);
        return new(family, text.ToString());
    }

    /// <summary>A family from elsewhere than our resources, for tests of what does not compile.</summary>
    internal static KernelSource FromText(string family, string body)
    {
        var text = new StringBuilder();
        Append(text, "prelude");
        return new(family, text.Append($"#line 1 \"{family}.cl\"\n").Append(body).ToString());
    }

    private static void Append(StringBuilder text, string file)
    {
        using var stream = typeof(KernelSource).Assembly.GetManifestResourceStream($"Kernels.{file}.cl")
            ?? throw new InvalidOperationException($"KernelSource: there is no {file}.cl.");
        using var reader = new StreamReader(stream);
        text.Append($"#line 1 \"{file}.cl\"\n").Append(reader.ReadToEnd());
    }
}
