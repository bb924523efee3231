using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Engine.Bench.Columns;

/// <summary>Work per second at the median time, for benchmark classes that implement <see cref="IWork"/>.</summary>
public sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "Rate";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Work per second at the median time, in the unit the benchmark names";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var descriptor = benchmarkCase.Descriptor;
        if (!descriptor.Type.IsAssignableTo(typeof(IWork)) || summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return "-";
        var instance = (IWork)Activator.CreateInstance(descriptor.Type)!;
        foreach (var parameter in benchmarkCase.Parameters.Items)
            descriptor.Type.GetProperty(parameter.Name)?.SetValue(instance, parameter.Value);
        return instance.WorkPerCall(descriptor.WorkloadMethod.Name) is { } work
            ? string.Create(CultureInfo.InvariantCulture, $"{work / statistics.Median:F1} {instance.RateUnit}")
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(c => c.Descriptor.Type.IsAssignableTo(typeof(IWork)));

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
