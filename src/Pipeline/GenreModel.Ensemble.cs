using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

// Models that are made of the models of several runs.
public sealed partial class GenreModel
{
    /// <summary>The models that it is made of; none if it is not.</summary>
    internal IReadOnlyList<GenreModel> Members => Fitted() is ModelEnsemble ensemble ? ensemble.Members : [];

    /// <summary>A model made of others, which it takes over; see <see cref="RunsSpec"/>.</summary>
    internal static GenreModel Of(
        Recipe recipe, ModelEnsemble ensemble, string split, ulong seed, ModelTest? test, string? engineVersion = null)
    {
        // The sound of a recording is known as the first member hears it.
        var first = ensemble.Members[0];
        return new(recipe, first._frontEnd, ensemble, first.Labels, split, seed, engineVersion, first._recordingSamples,
            first._idColumn, test)
        {
            Trained = first.Trained,
        };
    }

    /// <summary>The mean of a track's scores as probabilities, or as they are without calibration.</summary>
    internal double[] OfTrack(double[] scores)
    {
        var values = new double[scores.Length];
        if (_calibration is not null) _calibration.Tracks.Apply(scores, values);
        else scores.CopyTo(values, 0);
        return values;
    }

    /// <summary>The same of rows.</summary>
    internal FeatureMatrix OfRows(RowSet rows)
    {
        var scores = Fitted().PredictProbabilities(rows);
        return _calibration is null ? scores : _calibration.Rows.Apply(scores);
    }

    private static GenreModel EnsembleOf(
        SafetensorsFile file, Recipe recipe, RunsSpec runs, Device device, MemoryLimit limit)
    {
        var members = new List<GenreModel>();
        try
        {
            for (var m = 0; m < runs.Members.Count; m++)
            {
                var (own, of) = Parse(ModelEnsemble.MemberFile(file, m));
                if (!of.Equals(runs.Members[m].Recipe))
                    throw new EngineException($"recipe {of.Name} is not that of its run, {runs.Members[m].Recipe.Name}.");
                members.Add(FromFile(own, of, device, limit));
                if (!members[m].Labels.SequenceEqual(members[0].Labels))
                    throw new EngineException($"its {members[m].Labels.Count} labels are not those of member 1.");
            }
        }
        catch (Exception e)
        {
            members.ForEach(m => m.Dispose());
            if (e is EngineException) throw new EngineException($"member {members.Count + 1}: {e.Message}", e);
            throw;
        }

        try
        {
            var labels = Names(file, "labels");
            if (!labels.SequenceEqual(members[0].Labels))
                throw new EngineException($"the model's {labels.Length} labels are not those of its members.");
            var stacker = ModelEnsemble.StackerOf(file, recipe, runs, labels.Length);
            return Of(recipe, new(runs, members, stacker), Value(file, "split"), SeedOf(file), ModelTest.Of(file.Metadata),
                Value(file, "engine_version"));
        }
        catch
        {
            members.ForEach(m => m.Dispose());
            throw;
        }
    }

    // Every member reads the bytes from their start.
    private GenrePrediction OfStream(
        ModelEnsemble ensemble, Stream stream, string name, FeatureCache? cache, CancellationToken cancellation)
    {
        SpooledBytes bytes;
        try
        {
            bytes = SpooledBytes.ReadAsync(stream, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{name}: cannot be read: {e.Message}", e);
        }

        using (bytes)
        {
            var probabilities = new double[Labels.Count];
            ensemble.OfFile(member =>
            {
                var mean = new double[Labels.Count];
                bytes.Stream.Position = 0;
                var file = member._frontEnd.ExtractStream(bytes.Stream, name, cache, WorkOptions.DefaultMaxHours,
                    Adder(member.Fitted(), mean), cancellation);
                return (file, mean);
            }, probabilities);
            return Ranked(probabilities);
        }
    }

    private double[] Probabilities(ReadOnlySpan<float> samples, int sampleRate)
    {
        var mean = new double[Labels.Count];
        var adder = Adder(Fitted(), mean);
        var (count, parts) = _frontEnd.ExtractParts(samples, sampleRate, adder.Batch);
        foreach (var part in parts) adder.Take(part, count);
        return OfTrack(mean);
    }

    private void RequireOneFrontEnd(string user)
    {
        if (Fitted() is ModelEnsemble { SharesFrontEnd: false })
        {
            throw new EngineException($"{user}: the members of {Recipe.Name} read different features, so it labels whole " +
                "recordings only; name one of the runs it was made of instead.");
        }
    }
}
