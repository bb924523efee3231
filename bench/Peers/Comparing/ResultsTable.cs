using System.Text;

namespace Engine.Peers.Comparing;

/// <summary>Outcomes as Markdown.</summary>
internal static class ResultsTable
{
    /// <summary>The document: machine and versions, then a table for each section.</summary>
    public static string Document(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder("# Beside LibTorch and ONNX Runtime\n\n");
        foreach (var processor in outcomes.Select(o => $"{o.Machine.Processor}, {o.Machine.Cores} cores").Distinct())
            text.AppendLine($"- processor: {processor}");
        foreach (var instructions in outcomes.GroupBy(o => o.Instructions))
        {
            var peak = instructions.Last().Machine;
            text.AppendLine($"- measured peaks{(instructions.Key == Instructions.Avx2 ? " with AVX2" : "")}: "
                + $"{peak.Flops / 1e9:0} GF/s of multiply-adds on registers, {peak.Bytes / 1e9:0.0} GB/s of copying");
        }

        text.AppendLine($"- commit: {string.Join(", ", outcomes.Select(o => o.Machine.Commit).Distinct())}");
        foreach (var version in outcomes.SelectMany(o => o.Versions).Select(v => $"{v.Key}: {v.Value}").Distinct().Order())
            text.AppendLine($"- {version}");
        text.AppendLine($"- made by: `bench/Peers/compare.sh`, {outcomes.Max(o => o.Time):yyyy-MM-dd}").AppendLine();
        text.AppendLine(
            """
            Medians of rounds in which the sides take turns, in milliseconds; a ratio is ours / theirs: below 1, ours is
            faster. *Bound* is the work of the plain algorithm at the measured peak; what saves arithmetic, such as
            Winograd's transform, can pass it. A star marks a row for which too few samples were free of others' work.
            `bench/Peers/README.md` explains every column.
            """);
        foreach (var section in outcomes.GroupBy(o => (o.Section, o.Instructions)))
            text.AppendLine().Append(Section([.. section]));
        return text.ToString();
    }

    /// <summary>One section: title, table, geometric means.</summary>
    public static string Section(IReadOnlyList<Outcome> rows)
    {
        var text = new StringBuilder();
        var avx2 = rows[0].Instructions == Instructions.Avx2 ? ", AVX2" : "";
        text.AppendLine($"## {rows[0].Section}{avx2}").AppendLine();
        (string Title, Func<Outcome, string> Cell)[] columns =
        [
            ("threads", o => $"{o.Threads}"), ("ours", o => Time(o.Ours) + (o.IsDisturbed ? " *" : "")),
            ("LibTorch", o => Time(o.LibTorch)), ("ratio", o => Ratio(o.Ours, o.LibTorch)),
            .. rows.Any(o => o.OnnxRuntime is not null)
                ? new (string, Func<Outcome, string>)[]
                {
                    ("ONNX Runtime", o => Time(o.OnnxRuntime)), ("ratio", o => Ratio(o.Ours, o.OnnxRuntime)),
                    ("better peer's ratio", o => Ratio(o.Ours, o.Best)),
                }
                : [],
            ("LibTorch as installed", o => Time(o.Installed)), ("ratio", o => Ratio(o.Ours, o.Installed)),
            (rows[0].Resource == Resource.Memory ? "bound by memory" : "bound by arithmetic", o => Time(o.Bound)),
            ("ours / bound", o => Ratio(o.Ours, o.Bound)), ("better peer / bound", o => Ratio(o.Best, o.Bound)),
        ];
        text.AppendLine($"| case | {string.Join(" | ", columns.Select(c => c.Title))} | LibTorch's variant |");
        text.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", columns.Length))}---|");
        foreach (var row in rows)
            text.AppendLine($"| {row.Label} | {string.Join(" | ", columns.Select(c => c.Cell(row)))} | {row.Variant} |");
        text.AppendLine().AppendLine($"Geometric means: {Means(rows)}.");
        return text.ToString();
    }

    private static string Means(IReadOnlyList<Outcome> rows)
    {
        (string Name, Func<Outcome, double?> Time)[] peers =
        [
            ("LibTorch", o => o.LibTorch), ("ONNX Runtime", o => o.OnnxRuntime), ("the better peer", o => o.Best),
            ("LibTorch as installed", o => o.Installed), ("the bound", o => o.Bound),
        ];
        var ratios = peers.Select(p => (p.Name, All: rows.Select(o => o.Ours / p.Time(o)).OfType<double>().ToArray()));
        return string.Join("; ", ratios.Where(r => r.All.Length > 0)
            .Select(r => $"{GeometricMean(r.All):0.00} of {r.Name} (worst {r.All.Max():0.00})"));
    }

    /// <summary>exp of the mean logarithm.</summary>
    public static double GeometricMean(IReadOnlyCollection<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private static string Time(double? milliseconds) => milliseconds switch
    {
        null => "",
        < 0.01 => $"{milliseconds:0.00000}",
        < 0.1 => $"{milliseconds:0.0000}",
        < 10 => $"{milliseconds:0.000}",
        < 100 => $"{milliseconds:0.0}",
        _ => $"{milliseconds:0}",
    };

    private static string Ratio(double? ours, double? theirs) => ours / theirs is { } ratio ? $"{ratio:0.00}" : "";
}
