using System.Numerics;
using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Turns audio into feature rows: resamples to its rate, cuts into windows if configured, and computes one row per window,
/// consisting of named columns, float32 tensors, or both. Immutable and thread-safe.
/// </summary>
public sealed partial class FrontEnd
{
    /// <summary>Raised whenever the same spec produces different numbers, so that features cached earlier are not used.</summary>
    internal const int Version = 2;

    private const int HighestRate = 768_000;

    // The most window bytes cached when labelling a recording; more are not worth a file.
    private const long MostCachedBytes = 32 << 20;

    // Window bytes in memory while labelling a recording, unless a batch takes more.
    private const long PartBytes = 8 << 20;

    private const int CheckedSamples = 1 << 12;

    private readonly FeatureExtractor _extractor;
    private readonly WindowSpec[] _windowSpecs;
    private readonly WindowExtractor[] _windows;
    private readonly string _canonical;
    private readonly bool _onCpu;

    /// <summary>Plans the transforms of <paramref name="spec"/>.</summary>
    /// <param name="spec">Rate, segments and features.</param>
    /// <param name="device">
    /// Where the features are computed; null: on the processor. Results of other devices differ in their last bits, so they
    /// bypass the cache.
    /// </param>
    /// <param name="memoryLimit">
    /// The limit in bytes for its tables and the arrays of a 30 s recording; null: half of the memory available to the runtime.
    /// </param>
    /// <exception cref="EngineException">
    /// A parameter is invalid, the segments are too short for the features, the front end needs more memory than the limit, or
    /// the device cannot compute the features.
    /// </exception>
    public FrontEnd(FrontEndSpec spec, Device? device = null, long? memoryLimit = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Validate(new RangeCheck("front end"));
        spec = spec.Bound();
        FrontEndNeeds.Of(spec).Require(MemoryLimit.ForRecipes(memoryLimit), "front end");
        Spec = spec;
        _onCpu = device is null || device == Device.Cpu;
        try
        {
            var plain = spec.Features.Parts.Where(p => p is not WindowSpec);
            _extractor = _onCpu
                ? FeatureExtractor.Join([.. plain.Select(p => Planned(p, spec, Device.Cpu))])
                : Planned(spec.Features, spec, device!);
            _windowSpecs = [.. spec.Features.Parts.OfType<WindowSpec>()];
            _windows = [.. _windowSpecs.Select(w => Planned(w, spec))];
        }
        catch (ArgumentException e)
        {
            throw new EngineException($"front end: {e.Message}", e);
        }

        _canonical = spec.Key();
        MinimumSamples = _windowSpecs.Select(w => InFrontEnd(w.MinimumSamples, w.RateIn(spec), spec))
            .Append(_extractor.MinimumSamples).Max();
        if (spec.SegmentSamples is { } samples && samples < MinimumSamples)
        {
            throw new EngineException(
                $"front end: segments of {spec.Segment} s are {samples} samples at {spec.SampleRate} Hz; the features need "
                    + $"at least {MinimumSamples}.");
        }

        var twice = Columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new EngineException($"front end: two of the joined sets have the column '{twice.Key}'; leave one of them out.");
        WindowSizes = [.. _windows.Select((w, i) => w.Sizes(spec.SegmentAt(_windowSpecs[i].RateIn(spec)) ?? MinimumSamples))];
        foreach (var sizes in WindowSizes)
        {
            if (Count(sizes) > Array.MaxLength)
                throw new EngineException(
                    $"front end: $.front_end.segment is {spec.Segment}; a window [{string.Join(", ", sizes)}] has more than "
                        + $"{Array.MaxLength} values.");
        }
    }

    /// <summary>The parameters; those of embeddings name the hash of their weights.</summary>
    public FrontEndSpec Spec { get; }

    /// <summary>The names of the feature columns, in order.</summary>
    public IReadOnlyList<string> Columns => _extractor.Columns;

    /// <summary>The shortest audio that has features, in samples at the front end's rate.</summary>
    public int MinimumSamples { get; }

    /// <summary>The sizes of the tensors of one row, one per input; empty for plain columns. Known in advance.</summary>
    public IReadOnlyList<IReadOnlyList<int>> WindowSizes { get; }

    /// <summary>Computes the feature rows of mono samples: one row, or one per whole segment; the remainder is ignored.</summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz, 1 to 768000.</param>
    /// <param name="name">Names the audio in errors.</param>
    /// <exception cref="EngineException">
    /// The rate is out of range, a sample is not finite, the audio is too short, or it has no usable features (such as silence).
    /// </exception>
    public FeatureRows Extract(ReadOnlySpan<float> samples, int sampleRate, string name = "audio")
    {
        return Extract(SampleSource.Of(samples.ToArray(), Rate(sampleRate, name)), name);
    }

    /// <summary>
    /// Computes the feature rows of a recording of any length: samples are read block by block, some more than once.
    /// </summary>
    /// <param name="source">Its samples; at another rate, they are resampled whole, in memory.</param>
    /// <param name="name">Names the audio in errors.</param>
    /// <exception cref="EngineException">As in the other overload.</exception>
    public FeatureRows Extract(SampleSource source, string name = "audio")
    {
        var audio = Usable(source, name);
        var frontEnd = For(audio);
        var recording = frontEnd.Grid(audio, name);
        return frontEnd.ExtractRows(recording, 0, recording.Count, name);
    }

    /// <summary>
    /// The same rows in order, in parts of whole batches with bounded windows (8 MB, or one batch), and the total number of rows.
    /// A part's windows are valid until the next part.
    /// </summary>
    internal (int Count, IEnumerable<FeatureRows> Parts) ExtractParts(SampleSource source, int batch, string name = "audio")
    {
        var audio = Usable(source, name);
        return For(audio).PartsOf(audio, batch, name);
    }

    private (int Count, IEnumerable<FeatureRows> Parts) PartsOf(SampleSource audio, int batch, string name)
    {
        var recording = Grid(audio, name);
        var step = RowBytes == 0
            ? recording.Count : (int)Math.Clamp(PartBytes / RowBytes / batch * batch, batch, int.MaxValue);
        return (recording.Count, Parts());

        IEnumerable<FeatureRows> Parts()
        {
            WindowArray[]? windows = null;
            for (var first = 0; first < recording.Count; first += Math.Min(step, recording.Count - first))
            {
                var rows = Math.Min(step, recording.Count - first);

                // The last part may have fewer rows than its windows have room for.
                windows = windows is null ? Zeroed(rows, name) : Cleared(windows);
                yield return FillRows(recording, first, windows, rows, name);
            }
        }
    }

    /// <summary>The same for samples in memory.</summary>
    internal (int Count, IEnumerable<FeatureRows> Parts) ExtractParts(
        ReadOnlySpan<float> samples, int sampleRate, int batch, string name = "audio") =>
        ExtractParts(SampleSource.Of(samples.ToArray(), Rate(sampleRate, name)), batch, name);

    /// <summary>Throws unless a recording is usable: every sample is finite, and not all are 0.</summary>
    /// <param name="source">Its samples.</param>
    /// <param name="name">Names the recording in the error.</param>
    /// <param name="loudest">The largest usable absolute sample value.</param>
    /// <exception cref="EngineException">The recording is not usable.</exception>
    public static void CheckSamples(SampleSource source, string name, float loudest = float.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(source);
        Span<float> block = stackalloc float[CheckedSamples];
        var silent = true;
        for (var start = 0L; start < source.Length; start += block.Length)
        {
            var samples = block[..(int)Math.Min(block.Length, source.Length - start)];
            source.Read(start, samples);
            var bad = IndexOfNotFinite(samples);
            if (bad >= 0)
                throw new EngineException($"{name}: sample {start + bad} is {samples[bad]}; every sample must be finite.");
            var over = loudest < float.MaxValue ? samples.IndexOfAnyExceptInRange(-loudest, loudest) : -1;
            if (over >= 0)
            {
                throw new EngineException($"{name}: sample {start + over} is {samples[over]}; beyond {loudest} features " +
                    "overflow. Scale the recording to full scale, 1.");
            }
            silent = silent && !samples.ContainsAnyExcept(0f);
        }

        if (silent && source.Length > 0)
        {
            throw new EngineException(
                $"{name}: all {source.Length} samples are 0; a silent recording has no genre. Leave it out.");
        }
    }

    /// <summary>Computes the features of a file, or of a pipe inherited by this process, or reads them from the cache.</summary>
    /// <param name="path">The file; <c>-</c> is the standard input.</param>
    /// <param name="cache">Stores features between calls; null: none.</param>
    /// <param name="maxHours">Longer recordings are refused.</param>
    /// <exception cref="EngineException">
    /// The file cannot be read as audio, is missing most of it, or its audio is not usable.
    /// </exception>
    public ExtractedFile ExtractFile(
        string path, FeatureCache? cache = null, double maxHours = WorkOptions.DefaultMaxHours) =>
        ExtractFile(path, cache, maxHours, null);

    /// <summary>
    /// As the other overload, but passes the rows to <paramref name="sink"/>, in parts if they have many windows
    /// (<see cref="ExtractParts(SampleSource, int, string)"/>). Such parts are neither cached nor returned.
    /// </summary>
    internal ExtractedFile ExtractFile(
        string path, FeatureCache? cache, double maxHours, RowSink? sink,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OfFile(path, () =>
        {
            using var stream = AudioInput.Open(path);
            return ExtractStream(stream, path, cache, maxHours, sink, cancellation);
        });
    }

    /// <summary>The same from a stream, which is read from its first byte and stays open.</summary>
    internal ExtractedFile ExtractStream(
        Stream stream, string path, FeatureCache? cache, double maxHours, RowSink? sink,
        CancellationToken cancellation)
    {
        return OfFile(path, () =>
        {
            byte[]? expected = null;
            if (_onCpu && cache is not null && stream.CanSeek)
            {
                stream.Position = 0;
                expected = SHA256.HashData(stream);
                // Entries of earlier versions have no profile of the sound.
                if (Cached(expected, cache, sink is null ? long.MaxValue : MostCachedBytes) is { Sound: not null } known)
                {
                    sink?.Take(known, known.Rows.Rows);
                    return new(known, expected) { Sound = known.Sound };
                }

                stream.Position = 0;
            }

            using var audio = AudioFile.Open(stream, path, Spec.Rates, maxHours * 3600, cancellation);
            var hash = audio.ContentHash.ToArray();
            if (expected is not null && !hash.AsSpan().SequenceEqual(expected))
            {
                throw new EngineException($"{path}: the file changed while it was read. Try again when it is complete.");
            }

            if (audio.Silence is { } silence) throw new EngineException($"{path}: {silence}");
            return For(audio).ExtractOpened(audio, path, hash, cache, sink, cancellation);
        });
    }

    private ExtractedFile ExtractOpened(
        DecodedAudio audio, string path, byte[] hash, FeatureCache? cache, RowSink? sink,
        CancellationToken cancellation)
    {
        var samples = Rated(audio, a => cancellation.CanBeCanceled ? new CancellableSource(a, cancellation) : a);
        if (sink is not null)
        {
            var (count, parts) = ExtractParts(samples, sink.Batch, path);
            if (count * RowBytes > MostCachedBytes)
            {
                foreach (var part in parts) sink.Take(part, count);
                return new(new FeatureRows(Spec.SegmentSamples ?? 0, new FeatureMatrix(0, Columns.Count)), hash)
                {
                    Damage = audio.Damage,
                    Sound = audio.Sound,
                };
            }
        }

        var features = Extract(samples, path) with { Sound = audio.Sound };

        // Damaged audio is not cached, so its next use warns again.
        if (_onCpu && audio.Damage is null) cache?.Put(FeatureCache.Key(hash, _canonical, Version), _canonical, features);
        sink?.Take(features, features.Rows.Rows);
        return new(features, hash) { Damage = audio.Damage, Sound = audio.Sound };
    }

    /// <summary>
    /// Whether the cache has an entry of a file; it is not read, so it may be torn. False also if the file cannot be read.
    /// </summary>
    internal bool IsCached(string path, FeatureCache cache)
    {
        try
        {
            using var stream = AudioInput.Open(path);
            return _onCpu && stream.CanSeek && cache.Has(FeatureCache.Key(SHA256.HashData(stream), _canonical, Version));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The features of a file extracted before: from the cache without reading the file, otherwise recomputed.</summary>
    /// <exception cref="EngineException">The file's content no longer matches <paramref name="hash"/>, or is not
    /// usable.</exception>
    internal FeatureRows ExtractAgain(string path, byte[] hash, FeatureCache? cache)
    {
        if (Cached(hash, cache) is { } known) return known;
        var file = ExtractFile(path, cache, double.PositiveInfinity); // its length was accepted the first time
        if (!file.Hash.AsSpan().SequenceEqual(hash))
            throw new EngineException($"{path}: the file has changed since its features were first computed; start again.");
        return file.Features;
    }

    /// <summary>The index of the first value that is NaN or infinite; -1 if there is none.</summary>
    internal static int IndexOfNotFinite(ReadOnlySpan<float> values)
    {
        var i = 0;
        var largest = new Vector<float>(float.MaxValue);
        // NaN is not less than anything.
        while (i <= values.Length - Vector<float>.Count
            && Vector.LessThanOrEqualAll(Vector.Abs(new Vector<float>(values[i..])), largest))
        {
            i += Vector<float>.Count;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }

    private FeatureRows? Cached(byte[] hash, FeatureCache? cache, long mostBytes = long.MaxValue) =>
        _onCpu && cache?.TryGet(FeatureCache.Key(hash, _canonical, Version), _canonical, mostBytes) is { } known && Fits(known)
        ? known : null;

    // Bytes of one row's windows.
    private long RowBytes => WindowSizes.Sum(sizes => sizeof(float) * Count(sizes));

    internal static int Rate(int sampleRate, string name) => sampleRate is >= 1 and <= HighestRate
        ? sampleRate
        : throw new EngineException($"{name}: the sample rate is {sampleRate} Hz; it must be from 1 to {HighestRate}.");

    // The samples at the front end's rates.
    private SampleSource Usable(SampleSource source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        Rate(source.SampleRate, name);
        CheckSamples(source, name);
        if (source is RatedSource) return source;
        var rates = Spec.Rates;
        var main = At(source, rates[0]);
        return rates.Count == 1 ? main : new RatedSource(main, [.. rates.Skip(1).Select(rate => At(source, rate))]);
    }

    private WindowGrid Grid(SampleSource audio, string name)
    {
        if (Spec.SegmentSamples is null && audio.Length > int.MaxValue)
        {
            throw new EngineException($"{name}: {audio.Seconds / 3600:0.#} hours at {Spec.SampleRate} Hz are {audio.Length} " +
                $"samples; without segments a recording may have at most {int.MaxValue}. Cut it.");
        }

        var length = Spec.SegmentSamples ?? (int)audio.Length;
        var others = (audio as RatedSource)?.Others.Select(o => Spec.SegmentAt(o.SampleRate) ?? checked((int)o.Length)).ToArray();
        if (audio.Length < Math.Max(length, MinimumSamples)) ThrowShort(name, audio.Length, Math.Max(length, MinimumSamples));
        var hop = Spec.HopSamples ?? length;
        if ((audio.Length - length) / hop >= _mostWindows) ThrowMany(name, 1 + (audio.Length - length) / hop);
        var grid = new WindowGrid(audio, length, hop, others);
        if (grid.Count == 0) ThrowShort(name, audio.Length, length + 1);
        return grid;
    }

    private FeatureRows ExtractRows(WindowGrid recording, int first, int end, string name) =>
        FillRows(recording, first, Zeroed(end - first, name), end - first, name);

    private FeatureRows FillRows(WindowGrid recording, int first, WindowArray[] windows, int count, string name)
    {
        var rows = new FeatureMatrix(count, Columns.Count);
        var columns = _extractor.ExtractAll(recording, first, first + count, name);
        for (var r = 0; r < rows.Rows; r++)
        {
            var label = recording.Label(name, first + r);
            CopyColumns(columns[r], rows.Row(r), label);
            for (var w = 0; w < windows.Length; w++) ExtractWindow(w, recording[first + r], windows[w].Row(r), label);
        }

        return new(recording.Length, rows, windows);
    }

    private void CopyColumns(double[] values, Span<double> row, string name)
    {
        values.CopyTo(row);
        var bad = Array.FindIndex(values, v => !double.IsFinite(v));
        if (bad >= 0)
            throw new EngineException($"{name}: feature {Columns[bad]} is {values[bad]}; it is undefined for this audio.");
    }

    private void ExtractWindow(int input, SampleSource samples, Span<float> window, string name)
    {
        _windows[input].Extract(samples, window);
        var bad = IndexOfNotFinite(window);
        if (bad >= 0)
            throw new EngineException($"{name}: value {bad} of {_windowSpecs[input].GetType().Name} is {window[bad]}; the " +
                "audio is too loud for it, or it is undefined for this audio.");
    }

    private bool Fits(FeatureRows rows) => rows.Rows.Columns == Columns.Count
        && rows.Windows.Count == WindowSizes.Count
        && rows.Windows.Zip(WindowSizes).All(w => w.First.Sizes.SequenceEqual(w.Second));

    private WindowArray[] Zeroed(int rows, string name) => [.. WindowSizes.Select(sizes => Zeroed(sizes, rows, name))];

    private static WindowArray[] Cleared(WindowArray[] windows)
    {
        foreach (var array in windows) Array.Clear(array.Values);
        return windows;
    }

    private static WindowArray Zeroed(IReadOnlyList<int> sizes, int rows, string name)
    {
        var count = Count(sizes) * rows;
        if (count > Array.MaxLength)
            throw new EngineException(
                $"{name}: {rows} windows [{string.Join(", ", sizes)}] have more than {Array.MaxLength} values together; use "
                    + "a longer hop, or cut the recording.");
        return new(sizes, new float[count]);
    }

    private static long Count(IReadOnlyList<int> sizes) =>
        sizes.Aggregate(1L, (product, size) => Math.Min(product * size, int.MaxValue));

    private void ThrowShort(string name, long length, int minimum) => throw new EngineException(
        $"{name}: {length} samples at {Spec.SampleRate} Hz ({1000.0 * length / Spec.SampleRate:0.#} ms) are too short; the "
            + $"front end needs at least {minimum} ({1000.0 * minimum / Spec.SampleRate:0.#} ms).");
}
