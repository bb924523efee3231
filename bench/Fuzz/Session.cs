using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Engine.Fuzzing.Targets;

namespace Engine.Fuzzing;

/// <summary>The whole program: one campaign after the other, a table, and what was found.</summary>
internal sealed class Session(Options options)
{
    private const int LongestBase64 = 4000;
    private const long MostMemory = 1L << 30;

    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

    private bool _found;

    /// <summary>The exit code: 0 if nothing was found, 1 if something was, 2 for a wrong name.</summary>
    public int Run()
    {
        if (options.List)
        {
            foreach (var name in Catalog.Names) Console.WriteLine(name);
            return 0;
        }

        if (options.Targets.FirstOrDefault(t => !Catalog.Names.Contains(t)) is { } unknown)
        {
            Console.Error.WriteLine($"'{unknown}' is no target; there are {string.Join(", ", Catalog.Names)}.");
            return 2;
        }

        using var sandbox = new Sandbox();
        sandbox.Enter();
        var names = options.Targets.Count > 0 ? options.Targets : Catalog.Names;
        _ = new Coverage();
        if (options.Repeat is { } input) return Repeat(names, input, sandbox);
        Line("target", "cases", "cases/s", "outcomes", "edges", "corpus", "findings", "peak MB");
        foreach (var name in names) Run(name, sandbox);
        foreach (var stranger in sandbox.Strangers()) Report(new("all", [],
            $"{stranger} was written outside of the folder of inputs", 0));
        return _found ? 1 : 0;
    }

    private void Run(string name, Sandbox sandbox)
    {
        var coverage = new Coverage();
        using var target = Catalog.Create(name, sandbox.Inputs(name));
        var campaign = new Campaign(target, coverage, options.Seed, Load(name));
        using var watchdog = new Watchdog(campaign, s_hang, Hung, name);
        var tally = campaign.Run(options.Cases, options.Time);
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        var rate = (long)(tally.Cases / tally.Seconds);
        Line(name, tally.Cases, rate, tally.Outcomes, tally.Edges, tally.Corpus, tally.Findings.Count, peak >> 20);
        foreach (var finding in tally.Findings) Report(finding);
        if (peak > MostMemory) Report(new(name, [], $"the process took {peak >> 20} MB; its limit is {MostMemory >> 20}", 0));
        if (options.Corpus is not null) Save(name, campaign.Corpus);
    }

    private static int Repeat(IReadOnlyList<string> names, byte[] input, Sandbox sandbox)
    {
        if (names.Count != 1)
        {
            Console.Error.WriteLine("Name the one target that is to be repeated.");
            return 2;
        }

        using var target = Catalog.Create(names[0], sandbox.Inputs(names[0]));
        foreach (var valid in target.Seeds) Verdict.Of(target, valid);
        var verdict = Verdict.Of(target, input);
        Console.WriteLine(verdict.Fault ?? $"no fault: {verdict.Shape}");
        return verdict.Fault is null ? 0 : 1;
    }

    private IEnumerable<byte[]> Load(string name)
    {
        if (options.Corpus is null) return [];
        var folder = Path.Combine(options.Corpus, name);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
    }

    private void Save(string name, IReadOnlyList<byte[]> corpus)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Corpus!, name)).FullName;
        foreach (var input in corpus) File.WriteAllBytes(Path.Combine(folder, FileName(input)), input);
    }

    private void Report(Finding finding)
    {
        _found = true;
        Console.WriteLine($"\n{finding.Target}, case {finding.Case}: {finding.Fault}");
        if (finding.Input.Length == 0) return;
        var folder = Directory.CreateDirectory(Path.Combine(options.Findings, finding.Target)).FullName;
        var file = Path.Combine(folder, FileName(finding.Input));
        File.WriteAllBytes(file, finding.Input);
        if (finding.Input.Length * 4 / 3 < LongestBase64) Console.WriteLine($"  base64: {Convert.ToBase64String(finding.Input)}");
        Console.WriteLine($"  again:  dotnet run -c Release --project bench/Fuzz -- {finding.Target} --repeat {file}\n");
    }

    // A case that never ends cannot be stopped from outside: the process says what it knows and ends.
    private void Hung(Finding finding)
    {
        Report(finding);
        Environment.Exit(1);
    }

    private static void Line(string target, params ReadOnlySpan<object> figures)
    {
        var line = new StringBuilder($"{target,-12}");
        foreach (var figure in figures) line.Append($" {figure,9}");
        Console.WriteLine(line);
    }

    private static string FileName(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input))[..16];
}
