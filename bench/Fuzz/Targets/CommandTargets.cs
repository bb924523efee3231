using System.Text;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Cli;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>The name of a split.</summary>
internal sealed class SplitNameTarget(string name) : Target(name)
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. ((string[])["stratified", "stratified:0.3", "holdout:10", "kfold:5", "files:a.txt,b.txt", "files:a,b,c",
            "groups:artists.tsv", "groups-kfold:5:a.tsv", "leaky-windows", "overfit:3"]).Select(Encoding.UTF8.GetBytes),
    ];

    public override IMutation Mutation { get; } = new Mixed(
        (1, new LineMutation(':', null, "stratified", "holdout", "kfold", "files", "groups", "overfit", "1e-5",
            "0.99999999999999999999", "1001")), (1, new ByteMutation(":", ",", "0.5", "files:", "groups:")));

    public override double AllocationPerByte => 32;

    public override bool IsDocumented(Exception e) => e is EngineException;

    public override object Parse(byte[] bytes) => SplitSpec.Parse(Encoding.UTF8.GetString(bytes));

    public override void Check(object parsed)
    {
        var spec = (SplitSpec)parsed;
        Require(SplitSpec.Parse(spec.ToString()).Equals(spec), "the name of what was read is read as something else");
    }
}

/// <summary>
/// Whole command lines, an argument a line, on data that are not there: whatever the values, the command says in a few lines what
/// is wrong with them and ends with a documented code. What a command writes goes to a folder that is emptied after each case.
/// </summary>
internal sealed class CommandTarget : Target
{
    private const int MostLines = 4;

    private static readonly string[] s_commands = ["features", "recipes", "summary", "train", "test", "predict", "compare",
        "tune"];

    private readonly string _folder;

    public CommandTarget(string name, string folder) : base(name)
    {
        _folder = folder;
        Seeds =
        [
            .. ((string[])[
                "features\nmissing\n--set\nmfcc\n--sr\n22050\n--segment\n3\n--threads\n2\n--out\nx.npz",
                "recipes\n--json",
                "recipes\ngtzan57-knn",
                "summary\ncortis-mlp-fixed\n--set\nclassifier.training.batch=64",
                "train\nmissing\n--recipe\ngtzan57-knn\n--out\nrun\n--seed\n7\n--split\nkfold:5\n--set\nclassifier.k=3",
                "test\nmissing\n--json",
                "predict\nmissing\na.wav\n--top\n3\n--format\ncsv",
                "compare\nmissing\n--recipes\ngtzan57-knn,gtzan57-svm\n--out\nx\n--split\nholdout:10",
                "tune\nmissing\n--recipe\ncortis-mlp-tuned\n--trials\n5\n--out\nx",
            ]).Select(Encoding.UTF8.GetBytes),
        ];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = new Mixed(
        (3, new LineMutation('\n', null, [
            .. s_commands, "--seed", "--threads", "--out", "--set", "--split", "--recipe", "--recipes", "--top", "--trials",
                "--json", "--format", "--on-error", "--no-cache", "--dry-run", "--resume",
            "--force", "--debug", "--help", "--segment", "--sr", "--method", "--folds", "--", "-1", "0", "1000000000",
                "18446744073709551616", "table", "classifier.k=-1", "kfold:1", "gtzan57-knn",
        ])),
        (1, new ByteMutation("\n", "--", "=", ":", ",")));

    public override double AllocationPerByte => 4096;

    // The commands are built, with the help of each option, on each call.
    public override long AllocationBase => 32 << 20;

    public override bool IsDocumented(Exception e) => false;

    public override object? Parse(byte[] bytes)
    {
        var arguments = Encoding.UTF8.GetString(bytes).Split('\n');
        // Neither a command that does something, nor a path that leads out of here, nor what no system passes to a program.
        if (!s_commands.Contains(arguments[0]) || arguments.Any(a => a.AsSpan().ContainsAny("/\\\0")
            || a.Contains(".."))) return null;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var work = Environment.CurrentDirectory;
        Environment.CurrentDirectory = _folder;
        try
        {
            var code = new CommandLine(output, error, outputIsTerminal: false, errorIsTerminal: false,
                CancellationToken.None).Run(arguments);
            return (code, output.ToString(), error.ToString(), arguments);
        }
        finally
        {
            Environment.CurrentDirectory = work;
            Empty();
        }
    }

    public override void Check(object parsed)
    {
        var (code, output, error, arguments) = ((int, string, string, string[]))parsed;
        Require(!error.Contains("fault in engine", StringComparison.Ordinal), $"a fault: {error}");
        Require(code is CommandLine.Done or CommandLine.Failed or CommandLine.Wrong, $"exit code {code}");
        Require(code != CommandLine.Failed, $"the work is said to have failed where the command line is wrong: {error}");
        Require((code == CommandLine.Done) == (error.Length == 0), $"exit code {code} with '{error}' on standard error");
        Require(code == CommandLine.Done || Array.Exists(arguments, a => a.StartsWith("--debug", StringComparison.Ordinal))
            || Lines(error) <= MostLines, $"an error of many lines: {error}");
        Require(code != CommandLine.Done || output.Length > 0, "done without a word");
    }

    // Each file that is passed over has a warning of its own.
    private static int Lines(string error) => error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Count(l => !l.StartsWith("engine: warning: ", StringComparison.Ordinal));

    private void Empty()
    {
        foreach (var folder in Directory.EnumerateDirectories(_folder)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(_folder)) File.Delete(file);
    }
}
