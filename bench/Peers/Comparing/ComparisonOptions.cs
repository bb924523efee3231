using System.Globalization;

namespace Engine.Peers.Comparing;

internal enum Instructions
{
    /// <summary>All that the processor has.</summary>
    All,

    /// <summary>AVX2 at most, as on processors without AVX-512.</summary>
    Avx2,
}

/// <summary>What <c>compare.sh</c> is asked for.</summary>
internal sealed record ComparisonOptions
{
    public const string Usage =
        """
        usage: bench/Peers/compare.sh [GROUP...] [OPTION...]
          GROUP                 step infer conv lstm matmul map layout norm fft; all of them if none is given
          --only TEXT           only cases whose name contains this
          --rounds N            rounds in which the sides take turns (7)
          --seconds S           how long a case may go on to replace disturbed samples (30)
          --patience S          how long one answer may take before the side is given up (120)
          --threads N           threads, where a case does not have its own number (the processors there are)
          --instructions SET    all or avx2: what both sides may use (all)
          --out FOLDER          adds the results to FOLDER/peers.jsonl and writes FOLDER/peers.md from all that is there
        """;

    public IReadOnlyList<string> Groups { get; private init; } = [];

    public string Only { get; private init; } = "";

    public int Rounds { get; private init; } = 7;

    public TimeSpan Seconds { get; private init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Patience { get; private init; } = TimeSpan.FromSeconds(120);

    public int Threads { get; private init; } = Environment.ProcessorCount;

    public Instructions Instructions { get; private init; }

    public string? Out { get; private init; }

    /// <summary>The program that answers for LibTorch.</summary>
    public string LibTorch { get; private init; } = "";

    /// <summary>The program that answers for ONNX Runtime.</summary>
    public string OnnxRuntime { get; private init; } = "";

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static ComparisonOptions Parse(IReadOnlyList<string> arguments)
    {
        var (options, groups) = (new ComparisonOptions(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (!name.StartsWith('-'))
            {
                if (!CaseList.Groups.Contains(name))
                    throw new ArgumentException($"there is no group '{name}'; there are {string.Join(' ', CaseList.Groups)}");
                groups.Add(name);
                continue;
            }

            var value = ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{name} needs a value");
            options = name switch
            {
                "--only" => options with { Only = value },
                "--rounds" => options with { Rounds = Number(name, value) },
                "--seconds" => options with { Seconds = TimeSpan.FromSeconds(Number(name, value)) },
                "--patience" => options with { Patience = TimeSpan.FromSeconds(Number(name, value)) },
                "--threads" => options with { Threads = Number(name, value) },
                "--instructions" => options with { Instructions = Set(value) },
                "--out" => options with { Out = value },
                "--libtorch" => options with { LibTorch = value },
                "--onnxruntime" => options with { OnnxRuntime = value },
                _ => throw new ArgumentException($"there is no option '{name}'"),
            };
        }

        return options with { Groups = groups.Count > 0 ? groups : CaseList.Groups };
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : throw new ArgumentException($"{name} is '{value}'; it must be a whole number above 0");

    private static Instructions Set(string value) => value switch
    {
        "all" => Instructions.All,
        "avx2" => Instructions.Avx2,
        _ => throw new ArgumentException($"--instructions is '{value}'; it must be all or avx2"),
    };
}
