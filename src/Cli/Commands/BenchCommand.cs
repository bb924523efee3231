using System.CommandLine;
using System.Diagnostics;
using Engine.Cli.Bench;
using Engine.Cli.Cases;
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
        var kernel = new Option<string[]>("--kernel")
        {
            HelpName = "NAME",
            Description = "Time kernels with this in their name alone, such as conv2d, and recipes only if they are named. May " +
                "be repeated. Default: all kernels.",
        };
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
            "engine bench --kernel conv2d --kernel matmul --seconds 20",
            "engine bench --recipe cs464-conv2d --recipe cs464-lstm --seconds 60 --json")
        {
            device, threads, seconds, kernel, recipe, startup, baseline, json,
        };
        command.SetAction(parsed =>
        {
            var start = Stopwatch.GetTimestamp();
            var chosen = DeviceOption.Resolve(parsed.GetRequiredValue(device));
            var opening = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string[] patterns = parsed.GetValue(kernel) ?? [], names = parsed.GetValue(recipe) ?? [];
            var kernels = Kernels(patterns);
            var recipes = patterns.Length > 0 && names.Length == 0 ? [] : Recipes(names);
            var earlier = parsed.GetValue(baseline) is { } old ? BenchBaseline.Read(old) : null;
            Device.CpuThreads = parsed.GetValue(threads);
            var listing = BackendRegistry.List().First(l => l.Name == chosen.Name);
            var run = new BenchRun(chosen, listing.MemoryBytes, parsed.GetValue(seconds), session.Cancel);
            if (parsed.GetValue(startup))
            {
                if (earlier is not null)
                    throw new CommandLineException("--baseline has no start-up times; leave it or --startup out.");
                if (patterns.Length > 0)
                    throw new CommandLineException("--startup times recipes, not kernels; leave it or --kernel out.");
                session.Output.Write(BenchReport.Startup(listing, opening,
                    Progress.All(session, "recipe", recipes.Length, run.FirstSteps(recipes)), parsed.GetValue(json),
                    session.Layout));
                return CommandLine.Done;
            }

            var result = run.Run(listing, kernels, recipes, session);
            if (earlier?.Unlike(result) is { } unlike) session.Warn(unlike);
            session.Output.Write(parsed.GetValue(json)
                ? BenchReport.Json(result, earlier) : BenchReport.Text(result, earlier, session.Layout));
            return CommandLine.Done;
        });
        return command;
    }

    // The kernels whose name has one of the patterns in it; all if there is none.
    private static OperationCase[] Kernels(string[] patterns)
    {
        foreach (var pattern in patterns)
        {
            if (CaseTable.Timed.Any(c => Has(c, pattern))) continue;
            throw new CommandLineException($"--kernel: no kernel has '{pattern}' in its name; there are " +
                $"{string.Join(", ", CaseTable.Timed.Select(c => c.Operation).Distinct())}.");
        }

        return [.. CaseTable.Timed.Where(c => patterns.Length == 0 || patterns.Any(p => Has(c, p)))];

        static bool Has(OperationCase timed, string pattern) =>
            timed.Operation.Contains(pattern, StringComparison.OrdinalIgnoreCase);
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
