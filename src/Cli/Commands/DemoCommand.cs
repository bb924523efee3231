using System.CommandLine;
using Engine.Classifiers;
using Engine.Cli.Demo;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Dsp;
using Engine.Dsp.Files;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine demo</c>: makes a corpus, trains on it and tests, without downloading anything.</summary>
internal static class DemoCommand
{
    private const string Marker = "SYNTHETIC.txt";
    private const int Tracks = 20;
    private const double Seconds = 8;

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var output = new Option<string>("--out")
        {
            HelpName = "FOLDER",
            Description = "Folder for the corpus and the run. A folder from an earlier demo is replaced.",
            DefaultValueFactory = _ => "engine-demo",
        };
        var recipe = new Option<string>("--recipe")
        {
            HelpName = "NAME",
            Description = "Recipe to train: a name listed by engine recipes.",
            DefaultValueFactory = _ => "gtzan57-knn",
        };
        var seed = CommonOptions.Seed();
        var song = new Option<string?>("--song")
        {
            HelpName = "FILE",
            Description = "A song of your own to label at the end, with the built-in model, which knows real genres.",
        };
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "demo",
            "See it work without downloading anything: make a synthetic corpus of ten made-up genres, train on it, test.",
            "engine demo",
            "engine demo --song YOUR-SONG.mp3",
            "engine demo --recipe aiml-knn --seed 2 --out /tmp/demo")
        {
            output, recipe, seed, song,
        };
        extraction.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetValue(song), parsed.GetRequiredValue(output), parsed.GetRequiredValue(recipe),
            parsed.GetValue(seed), session,
            work => extraction.Run(parsed, session, "training", work), extraction.Threads(parsed)));
        return command;
    }

    private static int Run(
        string? song, string folder, string recipe, ulong seed, Session session,
        Func<Func<WorkOptions, IProgress<TrainingEpoch>, TrainingResult>, TrainingResult> withOptions, int threads)
    {
        var chosen = RecipeCatalog.Get(recipe);
        var (corpus, run) = (Path.Combine(folder, "corpus"), Path.Combine(folder, "run"));
        // First, so that a song that cannot be read is refused before a minute's work.
        using var builtIn = song is null ? null : GenreModel.BuiltIn(ModelCatalog.Default);
        var label = builtIn?.Predict(song!);
        using var held = Hold(folder);
        Clear(folder, corpus, run);
        session.Output.WriteLine(
            $"The recordings of this demo are SYNTHETIC: {Tracks} tracks of {Seconds} s in each of {Genres.All.Count} "
                + $"made-up genres (seed {seed}).");
        session.Output.WriteLine("The accuracy shows that the program works; it says nothing about real music.");
        session.Output.WriteLine();
        Mark(folder);
        SynthCorpus.Write(corpus, Tracks, Seconds, seed, threads, force: false, session);

        var result = withOptions((options, epochs) => Training.Run(new TrainingOptions
        {
            Data = corpus,
            Recipe = chosen,
            Output = run,
            Seed = seed,
            Extraction = options,
            Epochs = epochs,
            Page = RunPage.Of,
        }));
        session.Output.Write(RunReport.Of(result, session.Layout));
        session.Output.WriteLine($"corpus      {corpus}");
        session.Output.WriteLine($"run folder  {run}");
        session.WriteReport(run);
        session.Output.WriteLine();
        if (label is not null)
        {
            session.Output.WriteLine($"Your song, by the built-in model {ModelCatalog.Default}, which was trained on real music "
                + $"(right for {builtIn!.Tested!.Accuracy:0%} of songs by artists it does not know):");
            session.Output.WriteLine($"  {song}: {label}");
            session.Output.WriteLine();
        }

        session.Output.WriteLine("Next:");
        session.Output.WriteLine("  label a song of your own       engine predict YOUR-SONG.mp3");
        session.Output.WriteLine("                                 by a built-in model of ten real genres: engine models");
        session.Output.WriteLine("  label by the model made here   " + $"engine predict {Visible.Argument(run)} SONG.wav");
        session.Output.WriteLine("  train on your own music        " + $"engine train MUSIC --recipe {recipe} --out my-run");
        session.Output.WriteLine("                                 MUSIC: a folder with one sub-folder of songs per genre");
        session.Output.WriteLine("  see what else can be trained   engine recipes");
        if (Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "engine")
        {
            session.Output.WriteLine($"engine is {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
        }

        return CommandLine.Done;
    }

    // The earlier demo's folders will be removed, so no other process may be using them.
    private static FolderLock Hold(string folder)
    {
        try
        {
            return FolderLock.Take(folder);
        }
        catch (FolderInUseException e)
        {
            throw new CommandLineException(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot be written: {e.Message}", e);
        }
    }

    private static void Mark(string folder)
    {
        Disk.CreateFolder(folder);
        using var marker = new AtomicFile(Path.Combine(folder, Marker));
        marker.Stream.Write(
            "Everything in this folder was made by 'engine demo', which replaces it each time.\n"u8);
        marker.Stream.Write("The recordings are synthetic.\n"u8);
        marker.Commit();
    }

    // Removes what an earlier demo made, and nothing else.
    private static void Clear(string folder, string corpus, string run)
    {
        if (File.Exists(folder)) throw new CommandLineException($"{folder}: is a file; name a folder with --out.");
        Temporary.Sweep(folder);
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        if (!File.Exists(Path.Combine(folder, Marker)))
        {
            throw new CommandLineException(
                $"{folder}: exists, but was not made by engine demo (it holds no {Marker}); name another folder with --out.");
        }

        foreach (var made in new[] { corpus, run })
        {
            Disk.DeleteFolder(made);
        }
    }
}
