// Trains a model in memory and uses it:
//     TrainInCode [FOLDER] [--out MODEL]
// FOLDER has one sub-folder of recordings for each genre; without it, the genres are made up. Nothing is written unless --out
// names a model file, which engine predict and GenreModel.Load then read.
using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;

var output = Array.IndexOf(args, "--out") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var folder = args.Length > 0 && args[0] != "--out" ? args[0] : null;
try
{
    // A shipped recipe with two values changed; Recipe.Load reads one of your own.
    var recipe = RecipeCatalog.Get("gtzan57-svm")
        .With("front_end.features", """{ "set": "mfcc", "n_mfcc": 13 }""")
        .With("classifier.c", "10");

    // Samples that you have in memory, files, or rows of features. Name each one's Artist, and the split 'artists' keeps each
    // artist on one side: the only honest figure for songs by artists whom the model does not know.
    IEnumerable<TrainingExample> examples = folder is null
        ? from genre in MadeUpMusic.Genres
          from number in Enumerable.Range(0, 12)
          select TrainingExample.OfSamples(MadeUpMusic.Song(genre, number), MadeUpMusic.Rate, genre)
        : from recording in Dataset.Open(folder).Recordings
          select TrainingExample.OfFile(recording.FullPath, recording.Label);

    // Tested first: a quarter of the songs of each genre is held out.
    var options = new FitOptions { Split = "stratified:0.25", Seed = 1 };
    var tested = Training.Fit(recipe, examples, options);
    using (tested.Model) Console.WriteLine(tested);
    foreach (var row in tested.Tested.Where(t => t.Predicted != t.Label)) Console.WriteLine($"  {row}");

    // Then learned from all of them: the model to keep. Its accuracy is that of the test, or a little better.
    using var model = Training.Fit(recipe, examples, options with { Split = null }).Model;
    foreach (var genre in MadeUpMusic.Genres.Where(_ => folder is null))
        Console.WriteLine($"a new song, {genre}: {model.Predict(MadeUpMusic.Song(genre, 1000), MadeUpMusic.Rate)}");
    if (output is null) return 0;
    model.Save(output);
    Console.WriteLine($"saved {output}");
    return 0;
}
catch (EngineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
