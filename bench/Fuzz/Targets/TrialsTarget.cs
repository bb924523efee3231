using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;

namespace Engine.Fuzzing.Targets;

/// <summary>The log of a search that goes on.</summary>
internal sealed class TrialsTarget : Target
{
    private static readonly Recipe s_recipe = RecipeCatalog.Get("gtzan57-knn").With(
        "search", """
        [
          {"path":"classifier.k","kind":"integer","low":1,"high":9},
          {"path":"scaler","kind":"categorical","values":["none","standard"]}
        ]
        """);

    private static readonly TrialsHeader s_header = new(TrialLog.Format, s_recipe, "00", "stratified", 1, 3, default, null);

    private readonly SearchSpace _space = new(s_recipe.Search!);
    private readonly string _folder, _path;

    public TrialsTarget(string name, string folder) : base(name)
    {
        _folder = Path.Combine(folder, "run");
        _path = Path.Combine(_folder, TrialLog.FileName);
        var log = TrialLog.Open(_folder, s_header, _space);
        for (var t = 1; t <= 3; t++)
        {
            var point = _space.Draw(new((ulong)t, "fuzz"));
            var values = s_recipe.Search!.Select((p, i) => KeyValuePair.Create(p.Path, Json(p.Value(point[i])))).ToDictionary();
            log.Add(new(t, values, t == 2 ? null : 0.5, [0.25, 0.5, 0.75], point, 0.5, t == 2 ? "it failed" : null));
        }

        Seeds = [File.ReadAllBytes(_path)];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = new LineMutation('\n',
        new JsonMutation("\"number\"", "\"values\"", "\"position\"", "[0,0]", "[0.5,1]"));

    public override string InputName => _path;

    public override double AllocationPerByte => 128;

    public override long AllocationBase => 1 << 20;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return TrialLog.Open(_folder, s_header, _space);
    }

    public override void Check(object parsed)
    {
        var log = (TrialLog)parsed;
        var before = log.Trials.Count;
        log.Add(new(before + 1, Values(), 0.5, [0.5], _space.Snap([0, 0]), 1));
        Require(TrialLog.Open(_folder, s_header, _space).Trials.Count == before + 1,
            "a trial that was added to the log is not there");
    }

    private Dictionary<string, System.Text.Json.JsonElement> Values()
    {
        var point = _space.Snap([0, 0]);
        return s_recipe.Search!.Select((p, i) => KeyValuePair.Create(p.Path, Json(p.Value(point[i])))).ToDictionary();
    }

    private static System.Text.Json.JsonElement Json(string text) =>
        System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetBytes(text)).RootElement;
}
