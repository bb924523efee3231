using Engine.Tensors;

namespace Engine.Cli.Demo;

/// <summary>The waveform of an analogue oscillator.</summary>
internal enum Wave
{
    /// <summary>All harmonics.</summary>
    Saw,

    /// <summary>Odd harmonics.</summary>
    Square,

    /// <summary>The fundamental alone.</summary>
    Sine,
}

/// <summary>
/// Subtractive synthesis: two detuned oscillators through a resonant low-pass that opens with the loudness. Oscillators are
/// band-limited by polynomial steps (Välimäki and Huovilainen, 2007); the filter is the trapezoidal state-variable one
/// (Zavalishin, "The art of VA filter design", 2012).
/// </summary>
/// <param name="Wave">The oscillators' wave.</param>
/// <param name="Detune">Distance between the two oscillators, as a share of the pitch.</param>
/// <param name="Cutoff">The filter's corner when the note is silent, in hertz.</param>
/// <param name="Sweep">Hertz added to the corner at full loudness.</param>
/// <param name="Resonance">0 (none) to 0.95.</param>
/// <param name="Shape">The loudness.</param>
internal sealed record AnalogVoice(Wave Wave, double Detune, double Cutoff, double Sweep, double Resonance, Envelope Shape)
    : Voice
{
    private const int ControlSamples = 16;

    /// <inheritdoc/>
    public override void Add(Span<float> mix, Note note, RandomStream random)
    {
        var stepA = note.Frequency * (1 + Detune / 2) / Sound.SampleRate;
        var stepB = note.Frequency * (1 - Detune / 2) / Sound.SampleRate;
        double phaseA = random.NextDouble(), phaseB = random.NextDouble();
        float g = 0, damping = (float)(2 - 2 * Resonance), low = 0, band = 0;
        var follower = Shape.Start(note.Length);
        var window = Window(mix, note, Shape.Samples(note.Length));
        for (var i = 0; i < window.Length; i++)
        {
            var level = follower.Next();
            if (i % ControlSamples == 0)
                g = (float)Math.Tan(Math.PI * Math.Min((Cutoff + Sweep * level) / Sound.SampleRate, 0.45));

            var input = 0.5f * (Oscillate(phaseA, stepA) + Oscillate(phaseB, stepB));
            var high = (input - (damping + g) * band - low) / (1 + g * (g + damping));
            var middle = band + g * high;
            band = middle + g * high;
            var bottom = low + g * middle;
            low = bottom + g * middle;
            window[i] += note.Velocity * level * bottom;

            phaseA += stepA;
            if (phaseA >= 1) phaseA -= 1;
            phaseB += stepB;
            if (phaseB >= 1) phaseB -= 1;
        }
    }

    private float Oscillate(double phase, double step) => Wave switch
    {
        Wave.Saw => (float)(2 * phase - 1 - Step(phase, step)),
        Wave.Square => (float)((phase < 0.5 ? 1 : -1) + Step(phase, step) - Step(phase < 0.5 ? phase + 0.5 : phase - 0.5, step)),
        _ => Sound.Sine(phase),
    };

    // The correction of a jump of 2 at phase 0, within one sample of it.
    private static double Step(double phase, double step)
    {
        if (phase < step)
        {
            var t = phase / step;
            return t + t - t * t - 1;
        }

        if (phase > 1 - step)
        {
            var t = (phase - 1) / step;
            return t * t + t + t + 1;
        }

        return 0;
    }
}
