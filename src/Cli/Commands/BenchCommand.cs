using System.CommandLine;
using System.Diagnostics;
using Engine.Cli.Bench;
using Engine.Cli.Reports;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench</c>: times a device, kernel by kernel and recipe by recipe.</summary>
internal static class BenchCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var device = DeviceOption.Create();
        var threads = CommonOptions.Threads();
        var seconds = CommonOptions.Number(
            "--seconds", "S", "Approximate running time; below about 15 s most of it is warm-up.", 45.0, 0.1, 3600);
        var recipe = new Option<string[]>("--recipe")
        {
            HelpName = "NAME",
            Description = "Time the training step of this recipe, a name or a JSON file. May be repeated. Default: all recipes " +
                "with a network.",
        };
        var startup = new Option<bool>("--startup")
        {
            Description = "Time how long the device takes to open and each recipe's first training step, in which kernels are " +
                "compiled, instead.",
        };
        var baseline = new Option<string?>("--baseline")
        {
            HelpName = "OLD.json",
            Description = "Compare with an earlier benchmark, made with --json: time now over time then, marked where it is " +
                "outside the noise of both.",
        };
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "bench",
            "Time a device: kernels as a share of its measured peak, transfers, and the training step of each recipe's network.",
            "engine bench",
            "engine bench --json > before.json",
            "engine bench --baseline before.json",
            "engine bench --device cuda",
            "engine bench --recipe cs464-conv2d --recipe cs464-lstm --seconds 60 --json")
        {
            device, threads, seconds, recipe, startup, baseline, json,
        };
        command.SetAction(parsed =>
        {
            var start = Stopwatch.GetTimestamp();
            var chosen = DeviceOption.Resolve(parsed.GetRequiredValue(device));
            var opening = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var recipes = Recipes(parsed.GetValue(recipe) ?? []);
            var earlier = parsed.GetValue(baseline) is { } old ? BenchBaseline.Read(old) : null;
            Device.CpuThreads = parsed.GetValue(threads);
            var listing = BackendRegistry.List().First(l => l.Name == chosen.Name);
            var run = new BenchRun(chosen, listing.MemoryBytes, parsed.GetValue(seconds), session.Cancel);
            if (parsed.GetValue(startup))
            {
                if (earlier is not null)
                    throw new CommandLineException("--baseline has no start-up times; leave it or --startup out.");
                session.Output.Write(BenchReport.Startup(listing, opening,
                    Progress.All(session, "recipe", recipes.Length, run.FirstSteps(recipes)), parsed.GetValue(json),
                    session.Layout));
                return CommandLine.Done;
            }

            var result = run.Run(listing, recipes, session);
            if (earlier?.Unlike(result) is { } unlike) session.Warn(unlike);
            session.Output.Write(parsed.GetValue(json)
                ? BenchReport.Json(result, earlier) : BenchReport.Text(result, earlier, session.Layout));
            return CommandLine.Done;
        });
        return command;
    }

    // The named recipes, each of which must have a network; if none is named, every recipe that has one.
    private static Recipe[] Recipes(string[] names)
    {
        if (names.Length == 0) return [.. RecipeCatalog.Names.Select(RecipeCatalog.Get).Where(r => r.Classifier is NetworkSpec)];
        var recipes = Array.ConvertAll(names, RecipeCatalog.Find);
        foreach (var recipe in recipes) _ = RecipeSummary.Of(recipe);
        return recipes;
    }
}
