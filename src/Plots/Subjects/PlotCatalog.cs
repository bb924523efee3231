using Engine.Classifiers;
using Engine.Plots.Models;
using Engine.Plots.Runs;
using Engine.Plots.Songs;
using Engine.Tensors.Serialization;

namespace Engine.Plots.Subjects;

/// <summary>Everything that can be drawn.</summary>
internal static class PlotCatalog
{
    /// <summary>The subjects, in the order in which they are tried; a recording may be any file, so it is last.</summary>
    public static IReadOnlyList<IPlotSubject> Subjects { get; } =
        [new RunSubject(), new ModelSongSubject(), new ComparisonSubject(), new TableSubject(), new SongSubject()];

    /// <summary>The subject that the paths name.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static IPlotSubject Find(IReadOnlyList<string> paths) =>
        Subjects.FirstOrDefault(s => s.Fits(paths)) ?? throw new EngineException(
            $"{string.Join(", ", paths)}: nothing that can be drawn; name {Or([.. Subjects.Select(s => s.Noun)])}.");

    /// <summary>The kinds of a subject that a text names, such as "wave,mel"; its standard ones for null.</summary>
    /// <param name="subject">What is drawn.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="text">The names of the kinds, separated by commas, or null.</param>
    /// <exception cref="EngineException">A kind is unknown, does not fit, or stands there twice.</exception>
    public static IReadOnlyList<string> KindsOf(IPlotSubject subject, string name, string? text) =>
        KindsOf(subject, name, text, Subjects);

    /// <summary>The same, with all subjects as an argument.</summary>
    internal static IReadOnlyList<string> KindsOf(
        IPlotSubject subject, string name, string? text, IReadOnlyList<IPlotSubject> subjects)
    {
        if (text is null) return subject.Standard;
        string[] kinds = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var kind in kinds) Require(subject, name, kind, subjects);
        if (kinds.Length > 1 && !subject.Stacks)
            throw new EngineException($"--kind: {text}: pictures of {subject.Noun} do not stack; name one kind.");
        if (kinds.Distinct().Count() < kinds.Length)
            throw new EngineException($"--kind: {text}: a kind stands there twice; name each once.");
        return kinds;
    }

    private static void Require(IPlotSubject subject, string name, string kind, IReadOnlyList<IPlotSubject> subjects)
    {
        if (subject.Kinds.Any(k => k.Name == kind)) return;
        var fitting = $"it has {string.Join(", ", subject.Kinds.Select(k => k.Name))}";
        var others = subjects.Where(s => s.Kinds.Any(k => k.Name == kind)).Select(s => s.Noun).ToArray();
        throw new EngineException(others.Length > 0
            ? $"--kind: {kind} is drawn from {Or(others)}; {name} is {subject.Noun}: {fitting}."
            : $"--kind: '{Excerpt.Of(kind)}' is not a kind of picture of {subject.Noun}; {fitting}.");
    }

    // "a run, a table or a recording".
    private static string Or(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
