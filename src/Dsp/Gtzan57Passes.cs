using Engine.Dsp.Audio;

namespace Engine.Dsp;

/// <summary>
/// Computes <see cref="Gtzan57"/> for one recording, in passes over its blocks of frames. The first pass analyses each frame
/// by itself and finds what the others need from the whole: the tuning and the loudest mel band. The second computes chroma,
/// coefficients, onsets and the separated signals, and their means; the third computes the deviations from the means, from
/// series kept by the second or recomputed. A clip is one block, loaded once.
/// </summary>
internal sealed class Gtzan57Passes
{
    private const float TopDecibels = 80;

    private readonly Gtzan57Plan _plan;
    private readonly SampleSource _source;
    private readonly Gtzan57Workspace _work;
    private readonly SpectrumReader _spectra;
    private readonly int _bins, _bands, _hop, _length, _blocks;
    private readonly bool _kept;
    private readonly LongTuning _tuning;
    private readonly float[] _power;
    private readonly Complex<float>[] _spectrum;

    // One value per frame of the whole recording.
    private readonly float[] _rms, _centroid, _bandwidth, _rolloff, _crossings, _onsets;

    private readonly float[] _before;
    private float _loudest = float.NegativeInfinity;

    // The frames whose spectra are in the workspace.
    private (int First, int End) _loaded;

    public Gtzan57Passes(Gtzan57Plan plan, SampleSource source, Gtzan57Workspace work)
    {
        (_plan, _source, _work) = (plan, source, work);
        _spectra = new(plan.Stft, source, work.Samples);
        _length = (int)source.Length;
        (_bins, _bands, _hop) = (plan.Stft.Bins, plan.Mfcc.Options.Mel.Bands, plan.Stft.Options.Hop);
        _blocks = (_spectra.Count + plan.BlockFrames - 1) / plan.BlockFrames;
        _kept = _blocks == 1 || _length <= plan.KeptSamples;
        _tuning = new(plan.Pitches, plan.PeakLimit);
        _power = new float[_bins];
        _spectrum = new Complex<float>[_bins];
        _before = new float[_bands];

        var frames = _spectra.Count;
        (_rms, _centroid, _bandwidth) = (new float[frames], new float[frames], new float[frames]);
        (_rolloff, _crossings, _onsets) = (new float[frames], new float[frames], new float[frames]);
        var slab = 0;
        var longest = 0;
        foreach (var block in Blocks)
        {
            slab = Math.Max(slab, block.Slab.End - block.Slab.First);
            longest = Math.Max(longest, block.Samples);
        }

        var series = _kept ? frames : Math.Min(frames, plan.BlockFrames);
        work.Reserve(checked(slab * _bins), _kept ? _length : longest, longest, series * _bands,
            series * plan.Mfcc.Options.Coefficients, series * 12);
    }

    private IEnumerable<Block> Blocks
    {
        get
        {
            for (var b = 0; b < _blocks; b++)
            {
                var (first, end) = (b * _plan.BlockFrames, Math.Min((b + 1) * _plan.BlockFrames, _spectra.Count));
                var (start, stop) = ((long)first * _hop, end == _spectra.Count ? _length : Math.Min((long)end * _hop, _length));
                var over = _plan.Stft.FramesOver(start, stop, _spectra.Count);
                // The block's own frames overlap its samples, except for a last one centred on the samples' end.
                var (from, to) = (Math.Min(over.First, first), Math.Max(over.End, end));
                var halo = _plan.Separation.Halo;
                yield return new(first, end, (int)start, (int)(stop - start), over,
                    (Math.Max(0, from - halo), Math.Min(_spectra.Count, to + halo)));
            }
        }
    }

    public double[] Run()
    {
        foreach (var block in Blocks) Analyze(block);
        var tuning = Tuning();
        var filters = new ChromaFilterBank(_plan.SampleRate, _plan.Stft.Options.FftSize, tuning, new ChromaOptions());

        var chroma = new RunningMoments();
        var (harmonic, percussive) = (new RunningMoments(), new RunningMoments());
        var coefficients = new RunningMoments[_plan.Mfcc.Options.Coefficients];
        for (var n = 0; n < coefficients.Length; n++) coefficients[n] = new();
        RunningMoments[] all = [chroma, harmonic, percussive, .. coefficients];
        foreach (var block in Blocks)
        {
            Describe(block, filters);
            Add(block);
        }

        foreach (var moments in all) moments.StartDeviations();
        foreach (var block in Blocks)
        {
            if (!_kept) Describe(block, filters);
            Add(block);
        }

        var features = new List<double>(Gtzan57.Columns.Count);
        Put(chroma.Result);
        foreach (var series in (float[][])[_rms, _centroid, _bandwidth, _rolloff, _crossings]) Put(Moments.Of(series));
        Put(harmonic.Result);
        Put(percussive.Result);
        features.Add(Tempo.Estimate(_onsets, _plan.SampleRate, _hop));
        foreach (var coefficient in coefficients) Put(coefficient.Result);
        _work.Samples = _spectra.Buffer;
        return [.. features];

        void Put(Moments moments)
        {
            features.Add(moments.Mean);
            features.Add(moments.Variance);
        }

        void Add(in Block block)
        {
            chroma.Add(Series(_work.Chroma, 12, block));
            var tones = Harmonic(block);
            harmonic.Add(tones);
            percussive.Add(Percussive(block, tones));
            var column = _work.Percussive.AsSpan(0, block.Frames);
            var cepstra = Series(_work.Cepstra, coefficients.Length, block);
            for (var n = 0; n < coefficients.Length; n++)
            {
                for (var t = 0; t < column.Length; t++) column[t] = cepstra[t * coefficients.Length + n];
                coefficients[n].Add(column);
            }
        }
    }

    // Everything that needs only one frame: fills the series of the frames and, if decibels, the mel spectrogram; records
    // the loudest band and the peaks for the tuning.
    private void Analyze(in Block block)
    {
        Open((block.First, block.End)); // all frames, for a clip
        Check();
        var mel = Series(_work.Mel, _bands, block);
        var lead = _plan.Stft.Options.FftSize / 2;
        for (var t = block.First; t < block.End; t++)
        {
            Transform(t);
            var magnitude = Magnitude(t);
            Spectrum.Power(_spectrum, _power);
            _centroid[t] = _plan.Shape.Centroid(magnitude);
            _bandwidth[t] = _plan.Shape.Bandwidth(magnitude, _centroid[t]);
            _rolloff[t] = _plan.Shape.Rolloff(magnitude);
            _plan.Mfcc.MelSpectrogram.Filters.Apply(_power, mel.Slice((t - block.First) * _bands, _bands));
            _tuning.Add(_power);

            var start = (long)t * _hop - lead;
            var samples = Samples(Math.Max(0, start), Math.Min(start + 2 * lead, _length));
            _rms[t] = Rms.Frame(samples, 2 * lead);
            _crossings[t] = (float)((double)ZeroCrossingRate.Crossings(samples) / (2 * lead));
        }

        Decibels.FromPower(mel, mel, topDb: null);
        _loudest = float.MaxNumber(_loudest, VectorMath.Max(mel));
    }

    private double Tuning()
    {
        _tuning.StartDetail();
        if (_tuning.NeedsDetail)
        {
            foreach (var block in Blocks)
            {
                if (_blocks > 1) _spectra.Load(block.First, block.End);
                for (var t = block.First; t < block.End; t++)
                {
                    if (_blocks == 1) Power(t);
                    else PowerOf(t);
                    _tuning.AddDetail(_power);
                }
            }
        }

        return _tuning.Estimate();

        void PowerOf(int t)
        {
            _spectra.Read(t, _spectrum);
            Spectrum.Power(_spectrum, _power);
        }
    }

    // Chroma, coefficients, onsets and the harmonic signal of a block. The spectra are overwritten.
    private void Describe(in Block block, ChromaFilterBank filters)
    {
        if (_blocks > 1) Load(block.Slab);
        var chroma = Series(_work.Chroma, 12, block);
        var mel = Series(_work.Mel, _bands, block);
        for (var t = block.First; t < block.End; t++)
        {
            Power(t);
            var pitches = chroma.Slice((t - block.First) * 12, 12);
            filters.Apply(_power, pitches);
            Chroma.Normalize(pitches);
            if (!_kept) _plan.Mfcc.MelSpectrogram.Filters.Apply(_power, mel.Slice((t - block.First) * _bands, _bands));
        }

        if (!_kept) Decibels.FromPower(mel, mel, topDb: null);
        Decibels.Raise(mel, _loudest - TopDecibels);
        Onsets(block, mel);
        _plan.Mfcc.FromDecibels(mel, Series(_work.Cepstra, _plan.Mfcc.Options.Coefficients, block));

        var (slab, over) = (_loaded, block.Over);
        var values = (slab.End - slab.First) * _bins;
        var spectrum = _work.Spectrum(values);
        _plan.Separation.KeepHarmonic(spectrum, _work.Magnitude(values), _work.Medians(values), _bins, over.First - slab.First,
            over.End - slab.First);
        var frames = spectrum.Slice((over.First - slab.First) * _bins, (over.End - over.First) * _bins);
        _plan.Stft.Inverse(frames, over.First, Harmonic(block), block.Start, _spectra.Count);
    }

    // Like OnsetStrength with its defaults: a lag of one frame, shifted by half a transform.
    private void Onsets(in Block block, ReadOnlySpan<float> mel)
    {
        var shift = _plan.Stft.Options.FftSize / (2 * _hop);
        for (var t = Math.Max(1, block.First); t < block.End && t + shift < _onsets.Length; t++)
        {
            var at = (t - block.First) * _bands;
            _onsets[t + shift] = OnsetStrength.Rise(t == block.First ? _before : mel.Slice(at - _bands, _bands),
                mel.Slice(at, _bands));
        }

        mel[^_bands..].CopyTo(_before);
    }

    private Span<float> Harmonic(in Block block) => _work.Harmonic.AsSpan(_kept ? block.Start : 0, block.Samples);

    // The masks sum to one and the transform inverts exactly, so the percussive part is the rest.
    private Span<float> Percussive(in Block block, ReadOnlySpan<float> harmonic)
    {
        var percussive = _work.Percussive.AsSpan(0, block.Samples);
        _source.Read(block.Start, percussive);
        for (var i = 0; i < percussive.Length; i++) percussive[i] -= harmonic[i];
        return percussive;
    }

    private Span<float> Series(float[] values, int width, in Block block) =>
        values.AsSpan((_kept ? block.First : 0) * width, block.Frames * width);

    private Span<float> Magnitude(int t) =>
        _work.Magnitude((_loaded.End - _loaded.First) * _bins).Slice((t - _loaded.First) * _bins, _bins);

    private void Power(int t) =>
        Spectrum.Power(_work.Spectrum((_loaded.End - _loaded.First) * _bins).Slice((t - _loaded.First) * _bins, _bins), _power);

    private ReadOnlySpan<float> Samples(long start, long end) =>
        _spectra.Samples[(int)(start - _spectra.Start)..(int)(Math.Max(start, end) - _spectra.Start)];

    // The spectra and magnitudes of a run of frames.
    private void Load((int First, int End) frames)
    {
        Open(frames);
        for (var t = frames.First; t < frames.End; t++) Transform(t);
    }

    // The samples under a run of frames; their spectra follow, frame by frame.
    private void Open((int First, int End) frames)
    {
        _loaded = frames;
        _spectra.Load(frames.First, frames.End);
    }

    // The spectrum and magnitudes of one frame. A transform writes from both ends, which is slow outside the cache, so it writes
    // to one shared buffer, which is then copied; other code that needs only this frame reads the buffer.
    private void Transform(int t)
    {
        _spectra.Read(t, _spectrum);
        _spectrum.CopyTo(_work.Spectrum((_loaded.End - _loaded.First) * _bins)[((t - _loaded.First) * _bins)..]);
        Spectrum.Magnitude(_spectrum, Magnitude(t));
    }

    private void Check()
    {
        var samples = _spectra.Samples;
        for (var i = 0; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i])) continue;
            throw new ArgumentException($"Gtzan57: sample {_spectra.Start + i} is {samples[i]}; it must be finite.");
        }
    }

    /// <summary>A block of frames, and the samples from the centre of the first one on.</summary>
    /// <param name="First">The first frame.</param>
    /// <param name="End">The frame after the last.</param>
    /// <param name="Start">The first sample.</param>
    /// <param name="Samples">How many samples.</param>
    /// <param name="Over">The frames that overlap the samples.</param>
    /// <param name="Slab">Those frames and the ones that their separation depends on.</param>
    private readonly record struct Block(
        int First, int End, int Start, int Samples, (int First, int End) Over, (int First, int End) Slab)
    {
        public int Frames => End - First;
    }
}
