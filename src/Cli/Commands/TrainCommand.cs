using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Nn.Training;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine train</c>: trains a recipe, tests it on the held-out part of the data, and writes a run folder.</summary>
internal sealed class TrainCommand
{
    private readonly Argument<string?> _data = new("DATA")
    {
        Description = "A folder with one sub-folder of recordings per genre, a manifest that names recordings, or a feature " +
            "table (.csv, .tsv). Omit with --resume.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _recipe = new("--recipe")
    {
        HelpName = "NAME|FILE",
        Description = "Recipe to train: a name listed by engine recipes, or a JSON file.",
    };

    private readonly Option<string?> _from = new("--from")
    {
        HelpName = "RUN|FILE",
        Description = "Start the network from the weights of a run, a model, or a file made by engine import: all layers but the "
            + "last, which has the new genres. Without --recipe, the run's own.",
    };

    private readonly Option<string?> _output = new("--out") { HelpName = "RUN", Description = "Run folder to create or resume." };
    private readonly Option<string?> _split = new("--split")
    {
        HelpName = "S",
        Description = "How to hold out the test part: stratified, stratified:SHARE, holdout:K, kfold:K, "
            + "files:TRAIN,[VALID,]TEST, groups:FILE, groups-kfold:K:FILE, artists (no artist on both sides), column or "
            + "column:NAME (the sides that the data give), or leaky-windows. Default: the recipe's.",
    };

    private readonly DataOptionSet _reading = DataOptionSet.ForTraining();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<string> _device = DeviceOption.Create();
    private readonly Option<string[]> _settings = RecipeSettings.Option();
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Resume the interrupted training of a network, on the same device unless --device names another; it ends " +
            "as if it had never been interrupted.",
    };

    private readonly Option<bool> _final = new("--final")
    {
        Description = "After the test, fit the model once more on all tracks, tested ones included, and store that one; its " +
            "accuracy remains that of the test.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Run a few tracks of each genre through every step, including saving and loading; keep nothing.",
    };

    private readonly Option<int> _overfit =
        CommonOptions.Number(
            "--overfit", "N", "Train and test a network on the same N tracks: can it learn at all? 0: off.", 0, 0, 1_000_000);

    private readonly Option<int?> _parts = new("--parts")
    {
        HelpName = "P",
        Description = "Cut each batch of a network into P parts, which the ranks of a job share; the result depends on P, not "
            + "on the number of ranks. Default: the recipe's, or the number of ranks.",
    };

    private readonly Option<bool> _profile = new("--profile")
    {
        Description = "After the training of a network, tell what a step consists of.",
    };

    private readonly Option<double> _checkpoint =
        CommonOptions.Number(
            "--checkpoint-every", "SECONDS", "Longest time between two checkpoints of a network.", 10.0, 0.0, 86_400.0);

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly WorkOptionSet _extraction = new();

    private TrainCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var train = new TrainCommand();
        var command = new ExampleCommand(
            "train",
            "Train a recipe, test it on held-out data, and write a run folder.",
            "engine train gtzan/genres --recipe gtzan57-knn --out run",
            "engine train features_30_sec.csv --recipe cortis-mlp-fixed --split holdout:10 --seed 1 --out run10",
            "engine train gtzan/genres --recipe aiml-knn --split groups:artists.tsv --set classifier.k=9 --out run9",
            "engine train songs.csv --recipe gtzan57-svm --split artists --out by-artist",
            "engine train tracks.csv --root fma_small --where set.subset=small --split column --recipe gtzan57-svm --out fma",
            "engine train spotify.csv --columns numeric --recipe gtzan57-forest --split artists --out spotify",
            "engine train my-music --recipe svm --final --out my-model",
            "engine train gtzan/genres --recipe cs464-conv2d --device cuda --out run",
            "engine train my-music --from run --set 'classifier.initialize.freeze=until 12' --out my-run",
            "engine train gtzan/genres --recipe cortis-cnn-mel --parts 4 --out run",
            "engine train --resume --out run")
        {
            train._data, train._recipe, train._from, train._output, train._split, train._seed, train._device, train._settings,
            train._resume, train._final, train._dryRun, train._overfit, train._checkpoint, train._parts, train._profile,
            train._json,
        };
        train._reading.AddTo(command);
        train._extraction.AddTo(command);
        command.SharesWork = true;
        command.SetAction(parsed => train.Run(parsed, session));
        return command;
    }

    private int Run(ParseResult parsed, Session session)
    {
        if (parsed.GetValue(_parts) < 1) throw new CommandLineException("--parts must be at least 1.");
        if (parsed.GetValue(_dryRun)) return DryRun(parsed, session);
        if (parsed.GetValue(_profile) && parsed.GetValue(_json))
            throw new CommandLineException("--profile and --json cannot be combined; leave one of them out.");
        var output = parsed.GetValue(_output)
            ?? throw new CommandLineException("--out is missing: name the run folder to create.");
        var options = parsed.GetValue(_resume) ? Resumed(parsed, output) : Chosen(parsed, output);
        var profile = parsed.GetValue(_profile) ? new StepProfile() : null;
        TrainingResult result;
        try
        {
            result = _extraction.Run(parsed, session, "training", (extraction, epochs) =>
            {
                // Unless --device is given, a resumed run stays on its device.
                var device = parsed.GetResult(_device) is { Implicit: false } || !parsed.GetValue(_resume)
                    ? parsed.GetValue(_device) : null;
                var all = options with { Device = device, Extraction = extraction, Epochs = epochs, Profile = profile };
                return parsed.GetValue(_resume) ? Training.Resume(all) : Training.Run(all);
            });
        }
        catch (OperationCanceledException) when (RunFolder.CanResume(output))
        {
            session.Error.WriteLine($"engine: stopped; resume with: engine train --resume --out {Visible.Argument(output)}");
            throw;
        }

        if (parsed.GetValue(_json))
        {
            RunReport.WriteJson(session, result.Metrics, result.Record.Notes, result.Record.Skipped);
            return CommandLine.Done;
        }

        session.Output.Write(RunReport.Of(result, session.Layout));
        if (result.Check is { } check)
        {
            session.Output.Write(new ReportText(session.Layout).Field("check",
                $"{check}; engine check {Visible.Argument(parsed.GetValue(_data) ?? result.Record.Data)} tells more"));
        }

        if (profile is not null) session.Output.Write(StepReport.Of(profile, session.Layout));
        session.Output.WriteLine($"run folder  {output}");
        session.WriteReport(output);
        return CommandLine.Done;
    }

    private TrainingOptions Chosen(ParseResult parsed, string output)
    {
        var recipe = Recipe(parsed);
        var split = parsed.GetValue(_split);
        if (parsed.GetValue(_overfit) is > 0 and var tracks)
        {
            if (split is not null)
                throw new CommandLineException($"--overfit {tracks} is a split of its own; leave --split {split} out.");
            (recipe, split) = (Rehearsal.ForOverfit(recipe), $"overfit:{tracks}");
        }

        return new TrainingOptions
        {
            Data = Data(parsed),
            Reading = _reading.Of(parsed),
            Recipe = recipe,
            Output = output,
            Split = split,
            Seed = parsed.GetValue(_seed),
            Final = parsed.GetValue(_final),
            Parts = parsed.GetValue(_parts),
            CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(_checkpoint)),
            Page = RunPage.Of,
        };
    }

    // Other options would have no effect with --resume, so they are errors.
    private TrainingOptions Resumed(ParseResult parsed, string output)
    {
        Option[] own = [_recipe, _from, _split, _seed, _settings, _overfit, _final, _parts, .. _reading.Offered];
        var given = parsed.GetValue(_data) is not null
            ? _data.Name : own.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false })?.Name;
        if (given is not null)
        {
            throw new CommandLineException($"--resume continues the run with its original settings; leave {given} out.");
        }

        return TrainingOptions.OfRun(output) with
        {
            CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(_checkpoint)),
            Page = RunPage.Of,
        };
    }

    private int DryRun(ParseResult parsed, Session session)
    {
        Option<bool>[] others = [_resume, _json, _profile];
        if (others.FirstOrDefault(parsed.GetValue) is { } other)
            throw new CommandLineException($"--dry-run and {other.Name} cannot be combined; leave one of them out.");

        var options = new TrainingOptions
        {
            Data = Data(parsed),
            Reading = _reading.Of(parsed),
            Recipe = Recipe(parsed),
            Output = "",
            Seed = parsed.GetValue(_seed),
            Parts = parsed.GetValue(_parts),
            Device = parsed.GetValue(_device),
        };
        var result = _extraction.Run(parsed, session, "rehearsing",
            extraction => Rehearsal.Run(options with { Extraction = extraction }));
        session.Output.Write(RunReport.Of(result, session.Layout));
        return CommandLine.Done;
    }

    private string Data(ParseResult parsed) => parsed.GetValue(_data)
        ?? throw new CommandLineException(
            "DATA is missing: name a folder with one sub-folder of recordings per genre, a manifest or a feature table "
                + "(.csv).");

    private Recipe Recipe(ParseResult parsed)
    {
        var (name, from) = (parsed.GetValue(_recipe), parsed.GetValue(_from));
        if (name is null && from is null)
            throw new CommandLineException("--recipe is missing: name one listed by engine recipes, or a JSON file.");
        var recipe = name is null ? null : RecipeCatalog.Find(name);
        // In full, as the run may be resumed from elsewhere.
        if (from is not null) recipe = Initialization.Start(recipe, Path.Exists(from) ? Path.GetFullPath(from) : from);
        return RecipeSettings.Apply(recipe!, parsed.GetValue(_settings));
    }
}
