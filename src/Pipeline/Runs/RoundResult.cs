using Engine.Classifiers;
using Engine.Dsp;
using Engine.Dsp.Files;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>The result of one round of a split.</summary>
/// <param name="Test">Scores of the tested rows.</param>
/// <param name="Calibration">Turns them into probabilities; null: they stay scores.</param>
/// <param name="Train">Accuracy on its training rows; null if nothing was trained here.</param>
/// <param name="FitSeconds">Seconds spent training.</param>
/// <param name="PredictSeconds">Seconds spent predicting the tested rows.</param>
/// <param name="Device">The device used.</param>
internal sealed record RoundResult(
    FeatureMatrix Test, Calibration? Calibration, TrainAccuracy? Train, double FitSeconds, double PredictSeconds, string Device);

/// <summary>Accuracy on the training rows.</summary>
/// <param name="Rows">By row.</param>
/// <param name="Tracks">By track, each the mean of its windows.</param>
internal readonly record struct TrainAccuracy(double Rows, double Tracks);

/// <summary>
/// Keeps the finished rounds of a training that may be interrupted, one file each in a folder of the run, so that resuming
/// does not repeat them.
/// </summary>
internal sealed class RoundStore(string run)
{
    private const string Folder = "rounds", Prefix = "round-", Extension = ".safetensors";
    private const string TrainAccuracy = "train_accuracy";

    // Missing in rounds from before devices could be chosen: they ran on the processor.
    private const string DeviceKey = "device";

    /// <summary>The folder of the files.</summary>
    public string Root => Path.Combine(run, Folder);

    /// <summary>The round's result; null if it is not finished, or was written in an earlier format.</summary>
    /// <exception cref="EngineException">The file is there but cannot be used.</exception>
    public RoundResult? TryLoad(int round)
    {
        var path = PathOf(round);
        if (!File.Exists(path)) return null;
        var file = Read(path);
        var tensors = file.Tensors;
        var seconds = (double[])State.Doubles(tensors, path, "seconds", 2).Data;
        if (tensors.ContainsKey("train")) return null;
        var train = tensors.ContainsKey(TrainAccuracy) ? (double[])State.Doubles(tensors, path, TrainAccuracy, 2).Data : null;
        return new(
            Matrix(tensors, path, "test"), Calibration.FromState(tensors, path), train is null ? null : new(train[0], train[1]),
            seconds[0], seconds[1], file.Metadata.GetValueOrDefault(DeviceKey, "cpu"));
    }

    /// <summary>The first part of a round's identity that has since changed; null if none, or it is not finished.</summary>
    /// <exception cref="EngineException">The file is there but cannot be used.</exception>
    public string? Changed(int round, IReadOnlyDictionary<string, string> identity)
    {
        var path = PathOf(round);
        if (!File.Exists(path)) return null;
        var before = Read(path).Metadata;
        return identity.FirstOrDefault(i => before.GetValueOrDefault(i.Key) != i.Value).Key;
    }

    /// <summary>Writes a round's result atomically, along with its identity.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(int round, RoundResult result, IReadOnlyDictionary<string, string> identity) =>
        Save(round, Encode(result, identity));

    /// <summary>Writes what <see cref="Encode"/> made.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(int round, byte[] result)
    {
        try
        {
            Disk.CreateFolder(Root);
            using var file = new AtomicFile(PathOf(round));
            file.Stream.Write(result);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{PathOf(round)}: cannot write the finished round: {e.Message}", e);
        }
    }

    /// <summary>A round's result and identity as bytes.</summary>
    public static byte[] Encode(RoundResult result, IReadOnlyDictionary<string, string> identity)
    {
        var file = new SafetensorsFile();
        foreach (var (key, value) in identity) file.Metadata.Add(key, value);
        file.Metadata.Add(DeviceKey, result.Device);
        file.Tensors.Add("test", result.Test.ToTensor());
        if (result.Train is { } train) file.Tensors.Add(TrainAccuracy, new StoredTensor(new[] { train.Rows, train.Tracks }, 2));
        if (result.Calibration is { } calibration) file.Tensors.Add(Calibration.Tensor, calibration.ToTensor());
        file.Tensors.Add("seconds", new StoredTensor(new[] { result.FitSeconds, result.PredictSeconds }, 2));
        return file.ToBytes();
    }

    /// <summary>The bytes of a finished round.</summary>
    /// <exception cref="EngineException">They cannot be read.</exception>
    public byte[] Bytes(int round)
    {
        try
        {
            return File.ReadAllBytes(PathOf(round));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{PathOf(round)}: cannot read the finished round: {e.Message}", e);
        }
    }

    /// <summary>Whether a file of this name is a finished round.</summary>
    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>Removes these files and nothing else in the folder: the run's own files now hold their content.</summary>
    public void Clear()
    {
        if (!Directory.Exists(Root)) return;
        foreach (var file in Directory.EnumerateFiles(Root)
            .Where(f => IsName(Path.GetFileName(f)) || Temporary.IsName(Path.GetFileName(f))).Order(StringComparer.Ordinal))
            Disk.Delete(file);
        if (!Directory.EnumerateFileSystemEntries(Root).Any()) Disk.DeleteEmptyFolder(Root);
    }

    private static SafetensorsFile Read(string path)
    {
        try
        {
            return SafetensorsFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new EngineException(
                $"{path}: cannot read the finished round: {e.Message} Remove the file to repeat the round.", e);
        }
    }

    private static FeatureMatrix Matrix(Dictionary<string, StoredTensor> tensors, string path, string name)
    {
        var tensor = State.Doubles(tensors, path, name, -1, -1);
        return new(tensor.Shape[0], tensor.Shape[1], (double[])tensor.Data);
    }

    private string PathOf(int round) => Path.Combine(Root, $"{Prefix}{round + 1}{Extension}");
}
