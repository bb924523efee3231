using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Classifiers;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Gpu;

namespace Engine.Cli.Commands;

/// <summary><c>engine cache</c>: lists, checks or empties the caches of features and of kernels compiled for GPUs.</summary>
internal static class CacheCommand
{
    private static readonly string[] s_actions = ["ls", "verify", "clear"];

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var action = new Argument<string>("ACTION")
        {
            HelpName = string.Join('|', s_actions),
            Description = "ls lists, verify checks every entry and removes damaged ones, clear removes all.",
            DefaultValueFactory = _ => "ls",
            CustomParser = CommonOptions.OneOf("cache", s_actions),
        };
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "cache",
            "List, check or empty the caches of computed features and of kernels compiled for GPUs. They are in the folder " +
                "that ENGINE_CACHE names, or else in the user's cache folder.",
            "engine cache",
            "engine cache ls --json",
            "engine cache clear")
        {
            action, json,
        };
        command.SetAction(parsed =>
        {
            var features = new FeatureCache(warn: session.Warn);
            var kernels = new KernelCache();
            session.Output.Write(parsed.GetValue(action) switch
            {
                "verify" or "clear" when parsed.GetValue(json) => throw new CommandLineException("--json is for cache ls."),
                _ when parsed.GetValue(json) => Json(features, kernels),
                "verify" => Verify(features) + Of(kernels, Verify),
                "clear" => Cleared(features.Folder, features.Clear()) + Of(kernels, c => Cleared(c.Folder, c.Clear())),
                _ => List(features, session.Layout) + Of(kernels, List),
            });

            return CommandLine.Done;
        });
        return command;
    }

    private static string List(FeatureCache cache, Layout layout)
    {
        var entries = cache.List();
        var table = new TextTable(">entries", ">rows", ">columns", ">KiB", "front end");
        foreach (var group in entries.GroupBy(e => (e.FrontEnd, e.Columns)).OrderBy(g => g.Key.FrontEnd, StringComparer.Ordinal))
        {
            table.Add(
                Text(group.Count()), Text(group.Sum(e => e.Rows)), Text(group.Key.Columns),
                Text(group.Sum(e => e.Bytes) / 1024), group.Key.FrontEnd ?? "(damaged: engine cache verify removes them)");
        }

        return $"{cache.Folder}: {entries.Count} entries, {entries.Sum(e => e.Bytes) / 1024} "
            + $"KiB\n{(entries.Count > 0 ? table.ToString(layout, 2) : "")}";
    }

    private static string Json(FeatureCache features, KernelCache kernels)
    {
        var entries = features.List();
        var (files, bytes) = kernels.Count();
        return new JsonObject
        {
            ["features"] = new JsonObject
            {
                ["folder"] = features.Folder,
                ["entries"] = entries.Count,
                ["bytes"] = entries.Sum(e => e.Bytes),
                ["damaged"] = entries.Count(e => e.FrontEnd is null),
            },
            ["kernels"] = new JsonObject { ["folder"] = kernels.Folder, ["entries"] = files, ["bytes"] = bytes },
        }.ToJsonString(JsonText.Indented) + "\n";
    }

    private static string Verify(FeatureCache cache)
    {
        var removed = cache.RemoveTorn();
        return $"{cache.Folder}: {cache.List().Count} entries are whole, {removed} damaged or left-over files removed\n";
    }

    private static string List(KernelCache cache)
    {
        var (files, bytes) = cache.Count();
        return $"{cache.Folder}: {files} kernels, {bytes / 1024} KiB\n";
    }

    private static string Verify(KernelCache cache)
    {
        var removed = cache.RemoveTorn();
        return $"{cache.Folder}: {cache.Count().Files} kernels are whole, {removed} damaged or left-over files removed\n";
    }

    private static string Of(KernelCache cache, Func<KernelCache, string> work)
    {
        try
        {
            return work(cache);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"kernel cache {cache.Folder}: {e.Message}", e);
        }
    }

    private static string Cleared(string folder, int files) => $"{folder}: {files} files removed\n";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
