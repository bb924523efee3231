// A page where one drops a song and sees its genres along time:
//     AspNetCoreService --model MODEL [--urls http://localhost:5000]
// POST /genres?name=song.mp3 with the song's bytes as body answers JSON, so other programs can ask, too:
//     curl --data-binary @song.mp3 'http://localhost:5000/genres?name=song.mp3'
using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Pipeline;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ServiceJson.Default));
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 200 << 20);
try
{
    // One model for all requests: it is thread-safe. As many songs at once as there are processors; the others wait.
    using var model = GenreModel.Load(builder.Configuration["model"] ?? throw new EngineException("name it: --model MODEL"));
    using var places = new SemaphoreSlim(Environment.ProcessorCount);
    using var app = builder.Build();
    app.MapGet("/", () => Results.Stream(typeof(Song).Assembly.GetManifestResourceStream("index.html")!, "text/html"));
    app.MapPost("/genres", async (HttpRequest request, CancellationToken gone, string name) =>
    {
        await places.WaitAsync(gone);
        try
        {
            // The body is read asynchronously and decoded on the thread pool, as long as somebody waits for the answer.
            var timeline = await model.TimelineAsync(request.Body, name is "" ? "the song" : name, cancellation: gone);
            return Results.Ok(new Song(name, timeline.IsCalibrated, timeline.Labels,
                [.. timeline.Windows.Select(w => new Part(w.Start, w.End, w.Label, [.. w.Probabilities]))],
                [.. timeline.Segments.Select(s => new Part(s.Start, s.End, s.Label, [s.Probability]))]));
        }
        catch (EngineException e)
        {
            return Results.BadRequest(new Refusal(e.Message));
        }
        finally
        {
            places.Release();
        }
    });
    app.Run();
    return 0;
}
catch (EngineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

internal sealed record Song(string Name, bool IsCalibrated, IReadOnlyList<string> Labels, Part[] Windows, Part[] Segments);

internal sealed record Part(double Start, double End, string Label, double[] Probabilities);

internal sealed record Refusal(string Problem);

[JsonSerializable(typeof(Song))]
[JsonSerializable(typeof(Refusal))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ServiceJson : JsonSerializerContext;
