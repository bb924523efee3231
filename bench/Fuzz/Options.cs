using System.Globalization;

namespace Engine.Fuzzing;

/// <summary>The command line of the program.</summary>
internal sealed record Options
{
    public const string Usage = """
        dotnet run -c Release --project bench/Fuzz -- [TARGET...] [options]
          --cases N       cases of each target (100000)
          --seconds S     at most so long for each target (no limit)
          --seed N        of all choices (1)
          --corpus DIR    inputs to begin with, DIR/TARGET/*; new ones are added
          --findings DIR  where faulty inputs are written (artifacts/fuzz)
          --repeat FILE   run one input of one target and say what became of it
          --base64 TEXT   the same with the input on the command line
          --plain         without instrumentation: outcomes alone say what is new
          --list          name the targets
        """;

    public IReadOnlyList<string> Targets { get; private init; } = [];

    public long Cases { get; private init; } = 100_000;

    public TimeSpan Time { get; private init; } = TimeSpan.MaxValue;

    public int Seed { get; private init; } = 1;

    public string? Corpus { get; private init; }

    public string Findings { get; private init; } = Path.Combine("artifacts", "fuzz");

    public byte[]? Repeat { get; private init; }

    public bool Plain { get; private init; }

    public bool List { get; private init; }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            string Value() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{name} needs a value.");
            options = name switch
            {
                "--cases" => options with { Cases = long.Parse(Value(), CultureInfo.InvariantCulture) },
                "--seconds" => options with { Time = TimeSpan.FromSeconds(double.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--seed" => options with { Seed = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--corpus" => options with { Corpus = Path.GetFullPath(Value()) },
                "--findings" => options with { Findings = Value() },
                "--repeat" => options with { Repeat = File.ReadAllBytes(Value()) },
                "--base64" => options with { Repeat = Convert.FromBase64String(Value()) },
                "--plain" => options with { Plain = true },
                "--list" => options with { List = true },
                _ when name.StartsWith('-') => throw new FormatException($"{name} is not an option."),
                _ => options with { Targets = [.. options.Targets, name] },
            };
        }

        return options with { Findings = Path.GetFullPath(options.Findings) };
    }
}
