using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds;
using Engine.Plots.Figures;
using Engine.Plots.Output;
using Engine.Plots.Subjects;

namespace Engine.Cli.Commands;

/// <summary><c>engine plot</c>: draws pictures.</summary>
internal static class PlotCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = $"What to draw: {string.Join("; ", PlotCatalog.Subjects.Select(s => s.Noun))}.",
            Arity = new ArgumentArity(1, 2),
        };
        var kind = new Option<string?>("--kind")
        {
            HelpName = "KIND[,KIND…]",
            Description = "The kind of picture; several share the time axis. "
                + string.Join(" ", PlotCatalog.Subjects.Select(Kinds)),
        };
        var output = new Option<string?>("--out")
        {
            HelpName = PictureFile.Kinds,
            Description = "The file to write; PNG needs rsvg-convert, resvg or inkscape. Default: the terminal, if it shows " +
                "pictures, else a file in the current folder.",
        };
        var from = CommonOptions.OptionalNumber("--from", "S", "Where to start in a recording, in seconds.", 0, 1e9);
        var to = CommonOptions.OptionalNumber("--to", "S", "Where to end in a recording, in seconds.", 0, 1e9);
        var rate = CommonOptions.Number(
            "--sr", "R", "Sample rate in Hz to resample a recording to.", PlotRequest.DefaultSampleRate, 1000, 384_000);
        var maxHours = CommonOptions.Number("--max-hours", "H", "Reject recordings longer than this.",
            AudioFile.DefaultLongest / 3600, 0.001, 10_000);
        var order = CommonOptions.Choice("--order", "How the columns of a correlation matrix are ordered: correlated ones beside "
            + "each other, or as in the file.", "clustered", "clustered", "file");
        var at = CommonOptions.OptionalNumber("--at", "S", "With a run and a recording: the window whose middle is nearest to "
            + "this second. Default: the middle of the recording.", 0, 1e9);
        var label = new Option<string?>("--label")
        {
            HelpName = "GENRE",
            Description = "The genre whose saliency is drawn. Default: the most probable.",
        };
        var layer = new Option<string?>("--layer")
        {
            HelpName = "N",
            Description = "The layer whose feature maps are drawn, as engine summary lists it. Default: the last of a block.",
        };
        var hop = CommonOptions.OptionalNumber("--hop", "S",
            "Seconds from one window of a timeline to the next. Default: the recipe's.", 0.01, 100_000);
        var window = CommonOptions.OptionalNumber("--window", "S", "Seconds in a window of a timeline or saliency, for recipes "
            + "that take whole recordings. Default: as long as the recordings of the training.", 0.01, 100_000);
        var noCache = new Option<bool>("--no-cache") { Description = "Recompute the features of a run and cache none." };
        var size = new Option<string?>("--size") { HelpName = "WxH", Description = "Width and height in pixels." };
        var force = CommonOptions.Force("Overwrite the output file.");
        var reading = DataOptionSet.ForTables();
        Option[] particular = [from, to, rate, maxHours, order, at, label, layer, hop, window, noCache, .. reading.Offered];
        var command = new ExampleCommand(
            "plot",
            "Draw pictures of recordings, runs, feature tables and comparisons.",
            "engine plot song.wav",
            "engine plot song.wav --kind wave,mel,chroma --from 30 --to 60 --out song.png",
            "engine plot song.wav --kind tempogram --size 1200x400 --out tempo.svg",
            "engine plot run --kind roc",
            "engine plot features.csv --kind correlation --order file --out columns.svg",
            "engine plot compared --kind bars",
            "engine plot run song.wav --kind saliency --at 45",
            "engine plot run song.wav --kind timeline --hop 1 --out song.svg")
        {
            paths, kind, output, from, to, size, rate, maxHours, order, at, label, layer, hop, window, noCache, force,
        };
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(paths);
            foreach (var path in named.Where(p => p != AudioInput.StandardInput && !Path.Exists(p)))
                throw new CommandLineException($"{path}: there is no such file or folder.");
            var subject = PlotCatalog.Find(named);
            var kinds = PlotCatalog.KindsOf(subject, named[0], parsed.GetValue(kind));
            RequireUsed(parsed, particular, subject, kinds, named[0]);
            var target = parsed.GetValue(output);
            var picture = PlotTarget.Of(session, target, named, kinds, parsed.GetValue(force));
            PlotRequest Request(IProgress<PipelineProgress>? recordings) => new()
            {
                Size = parsed.GetValue(size) is { } text ? FigureSize.Parse(text) : null,
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                SampleRate = parsed.GetValue(rate),
                MaxHours = parsed.GetValue(maxHours),
                Order = parsed.GetValue(order)!,
                Reading = reading.Of(parsed),
                Window = parsed.GetValue(window),
                Hop = parsed.GetValue(hop),
                Layer = parsed.GetValue(layer),
                Label = parsed.GetValue(label),
                At = parsed.GetValue(at),
                NoCache = parsed.GetValue(noCache),
                Progress = recordings,
                Warn = session.Warn,
                Cancel = session.Cancel,
            };
            picture.Put(Progress.Show(
                session, "recording", "drawing", recordings => subject.Draw(named, kinds, Request(recordings))));
            return CommandLine.Done;
        });
        return command;
    }

    // An option that the picture would not heed is a mistake.
    private static void RequireUsed(
        ParseResult parsed, IEnumerable<Option> options, IPlotSubject subject, IReadOnlyList<string> kinds, string name)
    {
        var drawn = subject.Kinds.Where(k => kinds.Contains(k.Name));
        string[] used = [.. subject.Options, .. drawn.SelectMany(k => k.Options)];
        var useless = options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false } && !used.Contains(o.Name));
        if (useless is null) return;
        throw new CommandLineException(subject.Kinds.Any(k => k.Options.Contains(useless.Name))
            ? $"{useless.Name}: has no effect on {string.Join(",", kinds)}; leave it out."
            : $"{useless.Name}: has no effect, because {name} is {subject.Noun}; leave it out.");
    }

    private static string Kinds(IPlotSubject subject) =>
        $"Of {subject.Noun}: {string.Join(", ", subject.Kinds.Select(k => k.Name))} "
            + $"(default: {string.Join(",", subject.Standard)}).";
}
