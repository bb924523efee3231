// A network with a module of one's own, a training loop by hand, and a model of it that labels audio:
//     YourOwnNetwork [--out MODEL]
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Nn.Optimizers;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;
using Engine.Tensors.Autograd;

// Half a second of sound becomes a picture [1, 40 mel bands, 22 frames] in decibels.
var spec = new FrontEndSpec(MadeUpMusic.Rate, new MelFrames(FftSize: 1024, HopLength: 512, Bands: 40), Segment: 0.5);
var (frontEnd, genres) = (new FrontEnd(spec), MadeUpMusic.Genres);
var examples = (from genre in Enumerable.Range(0, genres.Length)
                from song in Enumerable.Range(0, 10)
                let windows = frontEnd.Extract(MadeUpMusic.Song(genres[genre], song), MadeUpMusic.Rate).Windows[0]
                from w in Enumerable.Range(0, windows.Values.Length / windows.RowLength)
                select (Picture: windows.Row(w).ToArray(), Genre: genre)).ToArray();

Module Create(int labels) => new Sequential(
    new BatchNorm2d(1), new Conv2d(1, 8, kernel: 3, padding: 1), Activation.Relu(), new MaxPool2d(2),
    new Residual(8), new MaxPool2d(2), new Residual(8), new GlobalAveragePool(), new Dense(8, labels));

var network = Create(genres.Length);
network.Initialize(seed: 1);
using var optimizer = new Optimizer(network.Parameters(), new Adam(LearningRate: 0.02));
RandomStream shuffle = new(1, "shuffle"), dropout = new(1, "dropout");
Console.WriteLine($"{examples.Length} pictures, {network.CountParameters()} parameters");
for (var epoch = 1; epoch <= 10; epoch++)
{
    shuffle.Shuffle(examples.AsSpan());
    var total = 0.0;
    foreach (var batch in examples.Chunk(16))
    {
        // Everything computed on the tape is freed with it; what the parameters learned stays.
        using var tape = new Tape();
        var shape = new Shape([batch.Length, .. frontEnd.WindowSizes[0]]);
        var x = Tensor.From([.. batch.SelectMany(e => e.Picture)], shape);
        var labels = Tensor.FromIndices([.. batch.Select(e => e.Genre)], new Shape(batch.Length));
        optimizer.ClearGradients();
        var loss = Tensor.CrossEntropy(network.Forward([x], ForwardContext.Train(dropout)), labels);
        tape.Backward(loss);
        optimizer.Step();
        total += loss.Item() * batch.Length;
    }

    Console.WriteLine(FormattableString.Invariant($"epoch {epoch}: loss {total / examples.Length:0.000}"));
}

// From here on the network is a model like any other: files, streams of samples, timelines.
using var model = GenreModel.Create(spec, network, genres, new() { Name = "residual" });
foreach (var genre in genres)
    Console.WriteLine($"a new song, {genre}: {model.Predict(MadeUpMusic.Song(genre, 1000), MadeUpMusic.Rate)}");
if (args is not ["--out", var path]) return;
model.Save(path);
using var again = GenreModel.LoadNetwork(path, saved => Create(saved.Labels.Count));
Console.WriteLine($"saved {path} and loaded it again: {again}");
