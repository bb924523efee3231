// Labels songs with a trained model:
//     LabelASong MODEL SONG...
// MODEL is a run folder made by engine train, or the model.safetensors in it. A line for each song, as soon as it is known; for
// a single song, also how the genre changes along it.
using Engine.Classifiers;
using Engine.Pipeline;

if (args is not [var path, _, ..])
{
    Console.Error.WriteLine("usage: LabelASong MODEL SONG...");
    return 2;
}

var songs = args[1..];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    // Loading checks the whole file. The model is then safe for any number of threads.
    using var model = GenreModel.Load(path);
    Console.WriteLine($"{model}; trained on {model.Split}, seed {model.Seed}");
    var failed = 0;
    await foreach (var song in model.PredictAsync(songs, cancellation: stop.Token))
    {
        // A song that cannot be read has a problem instead of a prediction; the others go on.
        if (song.Prediction is null) failed++;
        Console.WriteLine(song);
    }

    if (songs is [var only] && failed == 0 && model.WindowSeconds is not null)
        foreach (var part in model.Timeline(only).Segments) Console.WriteLine($"  {part}");
    return failed > 0 ? 1 : 0;
}
catch (EngineException e)
{
    // One or two lines that say what, which file or value, and what to do.
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
