using Engine.Tensors;

namespace Engine.Cli.Demo;

/// <summary>
/// One note: where it starts and how long it is held, in samples, its pitch in hertz, and how hard it is played.
/// </summary>
internal readonly record struct Note(int Start, int Length, double Frequency, float Velocity);

/// <summary>An instrument: adds a note to a mix.</summary>
internal abstract record Voice
{
    /// <summary>Adds <paramref name="note"/> to <paramref name="mix"/>; anything beyond the end of the mix is cut off.</summary>
    public abstract void Add(Span<float> mix, Note note, RandomStream random);

    /// <summary>The part of the mix that a note covers, given its audible samples.</summary>
    protected static Span<float> Window(Span<float> mix, Note note, int audible)
    {
        var start = Math.Min(note.Start, mix.Length);
        return mix.Slice(start, Math.Min(audible, mix.Length - start));
    }
}

/// <summary>
/// A plucked string: a burst of noise in a delay line whose feedback loses its high partials first (Karplus and Strong,
/// "Digital synthesis of plucked-string and drum timbres", 1983; tuned by an all-pass as in Jaffe and Smith, 1983).
/// </summary>
/// <param name="Ring">Seconds for which a note of 220 Hz rings.</param>
/// <param name="Brightness">How much of the burst's treble is kept, 0 to 1.</param>
internal sealed record PluckVoice(double Ring, double Brightness) : Voice
{
    /// <inheritdoc/>
    public override void Add(Span<float> mix, Note note, RandomStream random)
    {
        var period = Sound.SampleRate / note.Frequency;
        var length = Math.Max((int)(period - 0.6), 2);
        var fraction = period - 0.5 - length;
        var allPass = (float)((1 - fraction) / (1 + fraction));
        var ring = Ring * Math.Sqrt(220 / note.Frequency);
        var loss = MathF.Pow(Sound.Decay(ring * Sound.SampleRate), (float)period);

        var line = new float[length];
        var smooth = 0f;
        for (var i = 0; i < length; i++)
        {
            smooth += (float)Brightness * ((float)(2 * random.NextDouble() - 1) - smooth);
            line[i] = smooth;
        }

        var window = Window(mix, note, note.Length + Sound.Samples(0.08));
        var released = Sound.Decay(Sound.Samples(0.08));
        float last = 0, tunedIn = 0, tunedOut = 0, level = note.Velocity;
        var at = 0;
        for (var i = 0; i < window.Length; i++)
        {
            var sample = line[at];
            var filtered = loss * 0.5f * (sample + last);
            last = sample;
            tunedOut = allPass * (filtered - tunedOut) + tunedIn;
            tunedIn = filtered;
            line[at] = tunedOut;
            if (++at == length) at = 0;
            if (i >= note.Length) level *= released;
            window[i] += level * sample;
        }
    }
}

/// <summary>
/// Two-operator frequency modulation: bells, electric pianos and brass (Chowning, "The synthesis of complex audio spectra
/// by means of frequency modulation", 1973).
/// </summary>
/// <param name="Ratio">The modulator's frequency over the note's.</param>
/// <param name="Index">The modulation index at the start, in radians.</param>
/// <param name="IndexFall">Seconds in which the index falls by 60 dB; with 0 it follows the loudness, as in brass.</param>
/// <param name="Shape">The loudness.</param>
internal sealed record FmVoice(double Ratio, double Index, double IndexFall, Envelope Shape) : Voice
{
    /// <inheritdoc/>
    public override void Add(Span<float> mix, Note note, RandomStream random)
    {
        // A deviation above 5 kHz would alias, so the index is limited.
        var index = Math.Min(Index, 5000 / (note.Frequency * Ratio)) / (2 * Math.PI) * (0.6 + 0.4 * note.Velocity);
        var fall = IndexFall > 0 ? Sound.Decay(IndexFall * Sound.SampleRate) : 1;
        var step = note.Frequency / Sound.SampleRate;
        double carrier = random.NextDouble(), modulator = 0;
        var follower = Shape.Start(note.Length);
        foreach (ref var sample in Window(mix, note, Shape.Samples(note.Length)))
        {
            var level = follower.Next();
            var depth = IndexFall > 0 ? index : index * level;
            sample += note.Velocity * level * Sound.Sine(carrier + depth * Sound.Sine(modulator));
            carrier += step;
            modulator += step * Ratio;
            index *= fall;
        }
    }
}

/// <summary>A sum of harmonics with vibrato: organ, flute, choir.</summary>
/// <param name="Amplitudes">Amplitude of harmonic 1, 2, …</param>
/// <param name="Vibrato">Depth of the vibrato as a share of the pitch.</param>
/// <param name="Breath">Amplitude of the noise in the tone.</param>
/// <param name="Shape">The loudness.</param>
internal sealed record AdditiveVoice(double[] Amplitudes, double Vibrato, double Breath, Envelope Shape) : Voice
{
    /// <inheritdoc/>
    public override void Add(Span<float> mix, Note note, RandomStream random)
    {
        var harmonics = Math.Min(Amplitudes.Length, (int)(0.45 * Sound.SampleRate / note.Frequency));
        var step = note.Frequency / Sound.SampleRate;
        var wobble = (4.5 + 1.5 * random.NextDouble()) / Sound.SampleRate;
        double phase = random.NextDouble(), vibrato = random.NextDouble();
        var follower = Shape.Start(note.Length);
        foreach (ref var sample in Window(mix, note, Shape.Samples(note.Length)))
        {
            var tone = (float)(Breath * (2 * random.NextDouble() - 1));
            for (var h = 1; h <= harmonics; h++) tone += (float)Amplitudes[h - 1] * Sound.Sine(h * phase);
            sample += note.Velocity * follower.Next() * tone;
            phase += step * (1 + Vibrato * Sound.Sine(vibrato));
            vibrato += wobble;
        }
    }
}
