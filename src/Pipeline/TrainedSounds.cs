using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.Checking;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline;

/// <summary>
/// What a model remembers of the recordings it was trained on: the digests of their sounds, and the band that nearly all of them
/// fill. A model that was trained on a table, or by an earlier version, remembers nothing.
/// </summary>
internal sealed class TrainedSounds
{
    private const string Tensor = "trained_on", Key = "bandwidth";

    private readonly long[] _digests;

    private TrainedSounds(long[] sortedDigests, double? bandwidth) => (_digests, Bandwidth) = (sortedDigests, bandwidth);

    /// <summary>Nothing is known.</summary>
    public static TrainedSounds Unknown { get; } = new([], null);

    /// <summary>Whether the training recordings are known.</summary>
    public bool IsKnown => _digests.Length > 0;

    /// <summary>The band in Hz: all but the narrowest twentieth of the recordings fill it; null: not known.</summary>
    public double? Bandwidth { get; }

    /// <summary>Those of the rows that a model learned from; unknown if one has no profile.</summary>
    public static TrainedSounds Of(IEnumerable<SoundProfile?> rows)
    {
        var sounds = rows.Distinct().ToArray();
        if (sounds.Length == 0 || sounds.Contains(null)) return Unknown;
        return new([.. sounds.Select(s => s!.Value.Digest).Distinct().Order()],
            BandGap.Filled(sounds.Select(s => (double)s!.Value.Bandwidth)));
    }

    /// <summary>Whether a recording is one of them; null: not known.</summary>
    public bool? Contains(SoundProfile? sound) =>
        IsKnown && sound is { } profile ? Array.BinarySearch(_digests, profile.Digest) >= 0 : null;

    /// <summary>
    /// Whether a recording lacks a part of the band that the model listens to, which ends at <paramref name="highest"/> Hz; null:
    /// not known.
    /// </summary>
    public bool? IsMissingBand(SoundProfile? sound, double highest) => Bandwidth is { } band && sound is { } profile
        ? BandGap.IsMissing(profile.Bandwidth, band, highest) : null;

    /// <summary>Adds itself to a model's file.</summary>
    public void Store(SafetensorsFile file)
    {
        if (!IsKnown) return;
        file.Tensors.Add(Tensor, new StoredTensor(_digests, _digests.Length));
        file.Metadata[Key] = Bandwidth!.Value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Takes from a model's file what <see cref="Store"/> added.</summary>
    /// <exception cref="EngineException">It is not what <see cref="Store"/> writes.</exception>
    public static TrainedSounds Take(SafetensorsFile file)
    {
        if (!file.Tensors.Remove(Tensor, out var tensor)) return Unknown;
        if (tensor.Data is not long[] { Length: > 0 } digests || tensor.Shape.Count != 1
            || digests.Zip(digests.Skip(1)).Any(p => p.First >= p.Second))
        {
            throw new EngineException($"tensor '{Tensor}' is {tensor}; expected I64 [any], in rising order.");
        }

        var text = file.Metadata.GetValueOrDefault(Key, "");
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var band) && band is >= 0 and < 1e6
            ? new(digests, band)
            : throw new EngineException($"the model's {Key} is '{Excerpt.Of(text)}'; expected a frequency in Hz.");
    }
}
