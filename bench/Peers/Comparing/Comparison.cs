using System.Diagnostics;

namespace Engine.Peers.Comparing;

/// <summary>Measures the cases that were asked for, one after the other, and prints the tables.</summary>
internal sealed class Comparison(ComparisonOptions options, Sides sides, Machine machine)
{
    /// <summary>Runs the command; returns its exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Contains("--help"))
        {
            Console.WriteLine(ComparisonOptions.Usage);
            return 0;
        }

        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"compare.sh: {e.Message}\n\n{ComparisonOptions.Usage}");
            return 2;
        }

        var cases = options.Groups.SelectMany(g => CaseList.Of(g, options.Threads))
            .Where(c => c.Label.Contains(options.Only, StringComparison.Ordinal)).ToArray();
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"compare.sh: no case's name contains '{options.Only}'");
            return 2;
        }

        using var priority = new Priority();
        using var sides = new Sides(options);
        var machine = Machine.Here(Peak("peak flops"), Peak("peak bytes"));
        return new Comparison(options, sides, machine).Run(cases);

        // Whoever disturbs can only lower it.
        double Peak(string question) => Enumerable.Range(0, 5).Max(_ => sides.Ours.Ask(question));
    }

    private int Run(ComparedCase[] cases)
    {
        var (outcomes, failed) = (new List<Outcome>(), 0);
        foreach (var (i, compared) in cases.Index())
        {
            try
            {
                var outcome = Measure(compared);
                outcomes.Add(outcome);
                Keep(outcome);
                failed += outcome.Errors.Count > 0 ? 1 : 0;
                Console.Error.WriteLine($"{i + 1} of {cases.Length}: {compared.Label}: ours {outcome.Ours:0.000} ms, "
                    + $"LibTorch {outcome.LibTorch:0.000}{(outcome.OnnxRuntime is { } o ? $", ONNX Runtime {o:0.000}" : "")}");
            }
            catch (SideException e)
            {
                // Ours, without which there is nothing to compare, or a side that ended in the middle of its rounds.
                failed++;
                Console.Error.WriteLine($"compare.sh: {compared.Label}: {e.Message}");
            }
        }

        if (outcomes.Count > 0) Console.WriteLine(ResultsTable.Document(outcomes));
        if (failed > 0) Console.Error.WriteLine($"compare.sh: a side failed in {failed} of {cases.Length} cases, as said above");
        return failed == 0 ? 0 : 1;
    }

    private Outcome Measure(ComparedCase compared)
    {
        foreach (var side in sides.All) side.Drop();
        var (tried, errors) = (new Dictionary<string, double>(), new Dictionary<string, string>());
        var request = $"{compared.Request} {compared.Threads}";
        var players = new List<(string Name, Variant Variant)> { ("ours", new(sides.Ours, request)) };
        players[0].Variant.Calibrate();
        var torch = Fastest(compared, tried, errors, out var installed);
        if (torch is not null) players.Add(("LibTorch", torch));
        // There is no variable by which ONNX Runtime's kernels could be kept from using AVX-512.
        if (compared.HasOnnxRuntime && options.Instructions == Instructions.All
            && Try(new(sides.OnnxRuntime, request), sides.OnnxRuntime.Name, tried, errors) is { } onnx)
            players.Add(("ONNX Runtime", onnx));
        var start = Stopwatch.GetTimestamp();
        var samples = Turns.Take([.. players.Select(p => (Func<Sample>)p.Variant.Measure)], options.Rounds,
            () => Stopwatch.GetElapsedTime(start) < options.Seconds);
        var times = players.Zip(samples, (p, s) => (p.Name, Samples: s)).ToDictionary(p => p.Name, p => p.Samples);
        return new()
        {
            Group = compared.Group,
            Section = compared.Section,
            Label = compared.Label,
            Threads = compared.Threads,
            Instructions = options.Instructions,
            Ours = times["ours"].Median(options.Rounds),
            LibTorch = times.GetValueOrDefault("LibTorch")?.Median(options.Rounds),
            Variant = torch?.Name,
            OnnxRuntime = times.GetValueOrDefault("ONNX Runtime")?.Median(options.Rounds),
            Installed = installed,
            Bound = machine.Bound(compared.Resource, compared.Work, compared.Threads),
            Resource = compared.Resource,
            IsDisturbed = samples.Any(s => s.Clean < options.Rounds),
            Tried = tried,
            Errors = errors,
            Samples = times.ToDictionary(t => t.Key, t => (IReadOnlyList<double>)[.. t.Value.All.Select(s => s.Milliseconds)]),
            Disturbance = times.ToDictionary(
                t => t.Key, t => (IReadOnlyList<double>)[.. t.Value.All.Select(s => Math.Round(s.Disturbance, 3))]),
            Machine = machine,
            Versions = players.ToDictionary(p => p.Name, p => p.Variant.Side.Version),
            Time = DateTime.UtcNow,
        };
    }

    // Every layout with the tuned allocator, the plain and the fastest one with the allocator that is there.
    private Variant? Fastest(
        ComparedCase compared, Dictionary<string, double> tried, Dictionary<string, string> errors, out double? installed)
    {
        var variants = compared.Layouts.Select(l => Try(sides.Tuned, l)).OfType<Variant>().ToList();
        var best = variants.MinBy(v => v.Milliseconds)?.Layout;
        var plain = Try(sides.Installed, "plain");
        installed = plain?.Milliseconds;
        if (plain is not null) variants.Add(plain);
        if (best is not null and not "plain" && Try(sides.Installed, best) is { } other) variants.Add(other);
        if (compared.MeetsDenormals && Try(sides.Flushed, "plain") is { } flushed) variants.Add(flushed);
        return variants.MinBy(v => v.Milliseconds);

        Variant? Try(Side side, string layout)
        {
            var variant = new Variant(side, $"{compared.Request},{layout} {compared.Threads}") { Layout = layout };
            return Comparison.Try(variant, variant.Name, tried, errors);
        }
    }

    private static Variant? Try(
        Variant variant, string name, Dictionary<string, double> tried, Dictionary<string, string> errors)
    {
        try
        {
            variant.Calibrate();
            tried[name] = variant.Milliseconds;
            return variant;
        }
        catch (SideException e)
        {
            errors[name] = e.Message;
            Console.Error.WriteLine($"compare.sh: {e.Message}");
            return null;
        }
    }

    // Written case by case, so that what was measured survives an interruption.
    private void Keep(Outcome outcome)
    {
        if (options.Out is not { } folder) return;
        Directory.CreateDirectory(folder);
        var lines = Path.Combine(folder, "peers.jsonl");
        File.AppendAllText(lines, outcome.ToJson() + "\n");
        var all = new OrderedDictionary<(string, string, int, Instructions), Outcome>();
        foreach (var line in File.ReadLines(lines))
        {
            var earlier = Outcome.Parse(line);
            all[earlier.Key] = earlier;
        }

        File.WriteAllText(Path.Combine(folder, "peers.md"), ResultsTable.Document([.. all.Values]));
    }
}
