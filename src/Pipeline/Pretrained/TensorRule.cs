using Engine.Classifiers;

namespace Engine.Pipeline.Pretrained;

/// <summary>
/// Where tensors of a file of weights belong in a network. The first rule whose pattern fits a name decides.
/// </summary>
/// <param name="From">
/// A name in the file; each <c>*</c> stands for any text, as little as fits, and the whole name must fit.
/// </param>
/// <param name="To">
/// The name in the network; each <c>*</c> is what the <c>*</c> of <paramref name="From"/> in the same place stands for. Null only
/// if <paramref name="Skip"/>.
/// </param>
/// <param name="Transpose">
/// The axes of the file's tensor in the network's order; an axis of size 1 may be left out and is dropped. Null: as they are.
/// </param>
/// <param name="Flip">The axes of the file's tensor along which values run backwards; null: none.</param>
/// <param name="Skip">Whether the tensors are left out.</param>
internal sealed record TensorRule(
    string From,
    string? To = null,
    IReadOnlyList<int>? Transpose = null,
    IReadOnlyList<int>? Flip = null,
    bool Skip = false)
{
    private const int MostAxes = 64;

    /// <summary>What <see cref="To"/> makes of a name; null if the pattern does not fit it.</summary>
    public string? Rename(string name)
    {
        if (Wildcards.Match(From, name) is not { } found) return null;
        return To is null ? name : Wildcards.Fill(To, found);
    }

    internal void Validate(string at, RangeCheck check)
    {
        if (From.Length == 0) check.Fail($"{at}.from", "\"\"", "it must be a name or a pattern");
        if (Skip && (To ?? (object?)Transpose ?? Flip) is not null)
            check.Fail($"{at}.skip", "true", "a rule that skips has no to, transpose or flip");
        if (!Skip && string.IsNullOrEmpty(To))
            check.Fail($"{at}.to", To is null ? "null" : "\"\"", "it must be a name, or skip true");
        if (Wildcards.Count(To ?? "") > Wildcards.Count(From))
            check.Fail($"{at}.to", To!, $"it has more * than from, {From}");
        CheckAxes($"{at}.transpose", Transpose, check);
        CheckAxes($"{at}.flip", Flip, check);
    }

    private static void CheckAxes(string at, IReadOnlyList<int>? axes, RangeCheck check)
    {
        if (axes is null) return;
        for (var i = 0; i < axes.Count; i++) check.Between($"{at}[{i}]", axes[i], 0, MostAxes - 1);
        if (axes.Distinct().Count() < axes.Count) check.Fail(at, $"[{string.Join(", ", axes)}]", "no axis may stand in it twice");
    }
}
