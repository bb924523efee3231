using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Fitting;

/// <summary>Finds recordings that a manifest names and that do not exist.</summary>
internal static class MissingRecordings
{
    private const int MostNamed = 3;

    /// <summary>The recordings that exist; the others are skipped, or an error that counts them.</summary>
    /// <exception cref="EngineException">Recordings are missing and the policy is to fail, or none exists.</exception>
    public static (Recording[] There, IEnumerable<SkippedFile> Missing) LeaveOut(
        string data, Recording[] recordings, OnError onError)
    {
        var missing = recordings.Where(r => !Path.Exists(r.FullPath)).ToArray();
        if (missing.Length == 0) return (recordings, []);
        var names = string.Join(", ", missing.Take(MostNamed).Select(r => r.RelativePath))
            + (missing.Length > MostNamed ? ", …" : "");
        var looked = $"the first was looked for at {missing[0].FullPath}";
        if (missing.Length == recordings.Length)
        {
            throw new EngineException($"{data}: none of the {recordings.Length} recordings exists: {names}; {looked}. Name " +
                "their folder with --root or, if the table holds features, its columns with --columns.");
        }

        if (onError == OnError.Fail)
        {
            var verb = missing.Length == 1 ? "does" : "do";
            throw new EngineException($"{data}: {missing.Length} of {recordings.Length} recordings {verb} not exist: {names}; " +
                $"{looked}. Leave them out with --on-error skip or --where, or name their folder with --root.");
        }

        return ([.. recordings.Where(r => Path.Exists(r.FullPath))],
            missing.Select(r => new SkippedFile(r.FullPath, $"{r.FullPath}: there is no such file.")));
    }
}
