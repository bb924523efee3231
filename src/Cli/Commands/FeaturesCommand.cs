using System.CommandLine;
using Engine.Cli.Features;
using Engine.Cli.Ranks;
using Engine.Cli.Shards;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine features</c>: computes features of recordings and writes them as CSV, .npz or .npy.</summary>
internal static class FeaturesCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Recordings, folders to search at any depth, or manifests (.csv, .tsv); a " +
            "recording's label is the name of its genre's folder, or what the manifest says.",
            Arity = ArgumentArity.ZeroOrMore
        };
        var list = FileList.Option();
        var set = CommonOptions.Choice("--set", "Features to compute.", "gtzan57",
            [.. FeatureSpec.Named.Keys, EmbeddingOptions.SetName]);
        var embedding = new EmbeddingOptions();
        var segment = CommonOptions.OptionalNumber(
            "--segment", "S", "Cut every recording into windows of this many seconds.", 0.001, 86_400);
        var rate = CommonOptions.Number("--sr", "R", "Sample rate in Hz to resample every recording to.", 22050, 1000, 384_000);
        var output = new Option<string>("--out")
        {
            HelpName = "F.csv|F.npz|F.npy",
            Description = "The file to write. .csv: one row of means and variances per recording or window. .npz and .npy: the " +
                $"frames themselves, [bins, frames] as in librosa, of {Sets(s => s.Transform() is not null)}; the same rows of " +
                "the other sets. A .npz also holds sr, n_fft, hop_length, the times of the frames in seconds and, with the set " +
                "descriptors, the names of its rows.",
            Required = true,
        };
        var device = DeviceOption.Create();
        device.Description += $" Devices other than cpu compute only {Sets(HasDevices)}, and cache nothing.";
        var reading = DataOptionSet.ForRecordings();
        var force = CommonOptions.Force("Overwrite the output file.");
        var shard = Shard.Option();
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "features",
            "Compute features of recordings.",
            "engine features gtzan/genres --set gtzan57 --out features.csv",
            "engine features gtzan/genres --set gtzan57 --segment 3 --out features_3_sec.csv",
            "engine features song.wav --set mel --out mel.npy",
            "engine features song.wav --set descriptors --out descriptors.npz",
            "engine features gtzan/genres --set mfcc --device cuda --out mfcc.npz",
            "engine features gtzan/genres --set embedding --weights efficientat-mn04 --out embedding.csv")
        {
            paths, list, set, segment, rate, output, device, force, shard,
        };
        command.SharesWork = true;
        embedding.AddTo(command);
        reading.AddTo(command);
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            var part = parsed.GetValue(shard);
            if (session.Ranks.IsFirst) FeatureOutput.Check(target, parsed.GetValue(force), part);
            RankInput.Check(session.Ranks, parsed.GetValue(paths), parsed.GetValue(list));
            if (session.Ranks.Size > 1 && !ShardMerge.Supports(target))
            {
                throw new CommandLineException($"--out: {target} would hold one array without names, which ranks cannot share; " +
                    "write .csv or .npz, or start engine once, without mpirun or srun.");
            }

            var features = embedding.Of(parsed, parsed.GetRequiredValue(set)) ?? FeatureSpec.Named[parsed.GetRequiredValue(set)];
            var spec = new FrontEndSpec(parsed.GetValue(rate), features, parsed.GetValue(segment));
            if (features is EmbeddingFeatures && parsed.GetResult(rate) is null or { Implicit: true })
                spec = spec with { SampleRate = features.RateIn(spec) };
            var where = DeviceOption.Resolve(parsed.GetRequiredValue(device));
            if (where != Device.Cpu && !HasDevices(features))
            {
                throw new CommandLineException(
                    $"--set: '{parsed.GetValue(set)}' cannot be computed on {where}; {Sets(HasDevices)} can. "
                        + "Leave --device out for the others.");
            }

            var isTable = FeatureOutput.IsTable(target, spec);
            if (!isTable && parsed.GetResult(reading.GenresAt) is { Implicit: false })
            {
                throw new CommandLineException($"--genres-at: {target} will hold frames, which have no label; leave it out.");
            }

            string[] given = [.. parsed.GetValue(paths) ?? [], .. FileList.Read(parsed.GetValue(list))];
            if (given.Length == 0) throw new CommandLineException("PATH: name recordings or folders, or a list by --files-from.");
            var files = FeatureFile.List(given,
                isTable ? reading.Of(parsed) : reading.Of(parsed) with { GenresAt = GenresAt.Parent }, session.Warn);
            ShardedList Listed() => new(["features", spec.Key(), $"{where}"],
                [.. files.Select(f => new ShardedSong($"{f.Name}\n{f.Label}", f.Track.Value, f.FullPath))]);
            if (session.Ranks.Size > 1)
            {
                var shared = extraction.Run(parsed, session, "writing", options => SharedFeatures.Write(
                    target, spec, files, Listed(), parsed.GetValue(force), options, where));
                return Report(shared, files.Count);
            }

            var own = part is not { } which ? null : ShardPart.Begin(target, which, Listed(), parsed.GetValue(force));
            if (own is { IsComplete: true })
            {
                session.Output.WriteLine($"{target}: part {part} of {files.Count} recordings is there already");
                return CommandLine.Done;
            }

            var written = extraction.Run(parsed, session, "writing", options =>
                new FeatureOutput(target, spec, files, options.MemoryLimit, where).Write(own?.Places, options));
            own?.Complete(written.Records);
            return Report([.. written.Skipped.Select(s => s.Reason)], written.Records.Count);

            int Report(IReadOnlyList<string> skipped, int count)
            {
                foreach (var reason in skipped) session.Warn($"skipped: {reason}");
                session.Output.WriteLine(
                    $"{target}: {parsed.GetValue(set)} of {count - skipped.Count} recordings, {skipped.Count} skipped");
                return CommandLine.Done;
            }
        });
        return command;
    }

    // Whether devices other than the processor compute a set.
    private static bool HasDevices(FeatureSpec features) => features is EmbeddingFeatures || DeviceFrames.Supports(features);

    // "mfcc, mel and stft": the sets by name for which something holds.
    private static string Sets(Func<FeatureSpec, bool> holds)
    {
        string[] names = [.. FeatureSpec.Named.Append(new(EmbeddingOptions.SetName, new EmbeddingFeatures("")))
            .Where(n => holds(n.Value)).Select(n => n.Key)];
        return $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }
}
