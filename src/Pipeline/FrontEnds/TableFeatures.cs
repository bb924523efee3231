using Engine.Classifiers;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Columns of a feature table that are not computed from audio, such as those of a streaming service. Such a recipe trains on
/// tables and labels their rows.
/// </summary>
/// <param name="Columns">Their names, in order.</param>
public sealed record TableFeatures(IReadOnlyList<string> Columns) : FeatureSpec
{
    internal override double ColumnCount => Columns.Count;

    internal override string ColumnsKey => "columns";

    internal override FeatureExtractor CreateExtractor(int sampleRate) => new Extractor(Columns);

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        if (Columns.Count == 0) check.Fail($"{at}.columns", "[]", "it must name a column");
        var names = new HashSet<string>();
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Columns[i])) check.Fail($"{at}.columns[{i}]", "\"\"", "it must not be empty");
            if (!names.Add(Columns[i])) check.Fail($"{at}.columns[{i}]", $"\"{Columns[i]}\"", "it is already named");
        }

        if (frontEnd.Features != this) check.Fail($"{at}.set", "table", "it cannot be joined with features of audio");
        if (frontEnd.Segment is { } segment)
            check.Fail("$.front_end.segment", segment, "it must be null, as the rows of a table cannot be cut");
    }

    private sealed class Extractor(IReadOnlyList<string> columns) : FeatureExtractor
    {
        public override IReadOnlyList<string> Columns => columns;

        public override int MinimumSamples => 1;

        public override double[] Extract(SampleSource samples, string name) => throw new EngineException($"{name}: the features "
            + $"are {columns.Count} columns of a table ({string.Join(", ", columns.Take(3))}{(columns.Count > 3 ? ", …" : "")}), "
            + "which are not computed from audio; name a table that has them.");
    }
}
