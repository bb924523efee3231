using Engine.Pipeline.Pretrained;
using Engine.Tensors;

namespace Engine.Pipeline.Importing;

/// <summary>A tensor of a file and the parameter of the network that it fills.</summary>
/// <param name="Source">The tensor.</param>
/// <param name="Target">The parameter's name.</param>
/// <param name="Layout">How its axes are turned.</param>
internal sealed record MappedTensor(SourceTensor Source, string Target, TensorLayout Layout);

/// <summary>What a map does with the tensors of a file, and whether they fill a network.</summary>
/// <param name="Matched">The tensors that fill a parameter.</param>
/// <param name="Skipped">Those that the map leaves out.</param>
/// <param name="Unused">Those that no rule fits, or whose new name is none of the network.</param>
/// <param name="Missing">The parameters that no tensor fills, with their sizes.</param>
/// <param name="Wrong">What does not fit, in words: other sizes, or two tensors for one parameter.</param>
internal sealed record ImportPlan(
    IReadOnlyList<MappedTensor> Matched,
    IReadOnlyList<SourceTensor> Skipped,
    IReadOnlyList<SourceTensor> Unused,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Wrong)
{
    /// <summary>Whether every parameter is filled.</summary>
    public bool IsComplete => Missing.Count == 0 && Wrong.Count == 0;

    /// <summary>Makes the plan.</summary>
    /// <param name="tensors">The tensors of the file.</param>
    /// <param name="rules">The map; null: names stay as they are.</param>
    /// <param name="parameters">The network's parameters, in order.</param>
    public static ImportPlan Of(
        IReadOnlyList<SourceTensor> tensors, IReadOnlyList<TensorRule>? rules,
        IReadOnlyList<(string Name, Shape Shape)> parameters)
    {
        var wanted = parameters.ToDictionary(p => p.Name, p => p.Shape, StringComparer.Ordinal);
        var filled = new Dictionary<string, MappedTensor>(StringComparer.Ordinal);
        var (skipped, unused, wrong) = (new List<SourceTensor>(), new List<SourceTensor>(), new List<string>());
        foreach (var tensor in tensors)
        {
            var rule = rules is null ? new TensorRule("*", "*") : rules.FirstOrDefault(r => r.Rename(tensor.Name) is not null);
            if (rule is { Skip: true }) skipped.Add(tensor);
            else if (rule?.Rename(tensor.Name) is not { } target || !wanted.TryGetValue(target, out var shape))
                unused.Add(tensor);
            else
            {
                var mapped = new MappedTensor(tensor, target, new(rule.Transpose, rule.Flip));
                if (!filled.TryAdd(target, mapped))
                    wrong.Add($"'{tensor.Name}' and '{filled[target].Source.Name}' both fill '{target}'");
                else if (Misfit(mapped, shape) is { } misfit) wrong.Add(misfit);
            }
        }

        return new([.. parameters.Where(p => filled.ContainsKey(p.Name)).Select(p => filled[p.Name])], skipped, unused,
            [.. parameters.Where(p => !filled.ContainsKey(p.Name)).Select(p => $"'{p.Name}' {p.Shape}")], wrong);
    }

    private static string? Misfit(MappedTensor mapped, Shape wanted)
    {
        var (source, layout) = (mapped.Source, mapped.Layout);
        if (layout.Problem(source.Shape) is { } problem) return $"'{source.Name}' is {source}: {problem}";
        var shape = layout.Shape(source.Shape);
        if (shape.SequenceEqual(wanted.Sizes.ToArray())) return null;
        var turned = layout.Transpose is null ? "" : $", turned to [{string.Join(", ", shape)}]";
        return $"'{source.Name}' is {source}{turned}; '{mapped.Target}' is {wanted}";
    }
}
