using Engine.Tensors;

namespace Engine.Cli.Demo;

/// <summary>
/// Composes and renders one track of a made-up genre. All random choices come from the stream of (seed, genre, number), so
/// that a track does not depend on which others are made or in what order.
/// </summary>
internal sealed class Synthesizer
{
    /// <summary>The chance that a track borrows from a neighbouring genre, and then that it borrows a given element.</summary>
    private const double CrossoverChance = 0.25, BorrowChance = 0.45;

    private readonly RandomStream _random;
    private readonly Form _form;
    private readonly double _beat, _swing, _looseness;
    private readonly int[] _scale, _progression;
    private readonly int _key;
    private readonly float[] _mix;

    private Synthesizer(RandomStream random, Form form, int samples)
    {
        _random = random;
        _form = form;
        _mix = new float[samples];
        _beat = 60 * Sound.SampleRate / Draw(form.Tempo);
        _swing = Draw(form.Swing);
        _looseness = Draw(new(0, 0.012)) * Sound.SampleRate;
        _scale = Pick(form.Scales);
        _progression = Pick(form.Progressions);
        _key = random.NextInt(12);
    }

    /// <summary>A track of <paramref name="seconds"/> at <see cref="Sound.SampleRate"/>, in [-1, 1].</summary>
    public static float[] Render(Genre genre, int number, double seconds, ulong seed)
    {
        var random = new RandomStream(seed, $"synth/{genre.Name}/{number}");
        var other = Genres.Find(genre.Neighbors[random.NextInt(genre.Neighbors.Length)]);
        var crossover = random.NextDouble() < CrossoverChance;
        Genre From() => crossover && random.NextDouble() < BorrowChance ? other : genre;

        var form = From().Form;
        var (bass, chords, lead, drums) = (From().Bass, From().Chords, From().Lead, From().Drums);
        var production = From().Production;
        var synthesizer = new Synthesizer(random, form, (int)Math.Round(seconds * Sound.SampleRate));
        foreach (var part in new[] { bass, chords, lead }) if (part is not null) synthesizer.Play(part);
        if (drums is not null) synthesizer.Play(drums);
        return synthesizer.Produce(production);
    }

    private double Draw(Interval span) => span.Low + (span.High - span.Low) * _random.NextDouble();

    private T Pick<T>(T[] choices) => choices[_random.NextInt(choices.Length)];

    private void Play(Part part)
    {
        var voice = Pick(part.Voices);
        var rhythm = Pick(part.Rhythms);
        var (hold, drive) = (Draw(part.Hold), (float)Draw(part.Drive));
        var level = (float)(part.Level * Draw(new(0.6, 1.4)));
        var line = new Line(part.Role, _random, _scale, _form.ChordSize);
        var buffer = new float[_mix.Length];

        foreach (var (bar, start, length, velocity) in Onsets(rhythm))
        {
            var chord = _progression[bar % _progression.Length];
            foreach (var step in line.Next(chord))
            {
                var pitch = Sound.Frequency(12 * (part.Octave + 1) + _key + step);
                voice.Add(buffer, new(start, (int)(hold * length), pitch, velocity), _random);
            }
        }

        Room.Drive(buffer, drive);
        for (var i = 0; i < buffer.Length; i++) _mix[i] += level * buffer[i];
    }

    private void Play(Drums drums)
    {
        var level = (float)Draw(drums.Level);
        foreach (var (_, start, _, velocity) in Onsets(Pick(drums.Kick))) drums.Kit.Kick(_mix, start, level * velocity);
        foreach (var (_, start, _, velocity) in Onsets(Pick(drums.Snare))) drums.Kit.Snare(_mix, start, 0.5f * level * velocity,
            _random);
        var hats = (float)Draw(new(0.1, 0.3)) * level;
        foreach (var (_, start, _, velocity) in Onsets(Pick(drums.Hat))) drums.Kit.Hat(_mix, start, hats * velocity, _random);
    }

    // Every onset of a rhythm, bar by bar to the end of the track, with the time to the rhythm's next onset.
    private IEnumerable<(int Bar, int Start, int Length, float Velocity)> Onsets(string rhythm)
    {
        var barLength = _beat * _form.BeatsPerBar;
        var stepLength = barLength / rhythm.Length;
        for (var bar = 0; bar * barLength < _mix.Length; bar++)
        {
            for (var step = 0; step < rhythm.Length; step++)
            {
                if (_random.NextDouble() >= Pattern.Chance(rhythm[step]) || Pattern.Velocity(rhythm[step]) == 0) continue;
                var late = step % 2 == 1 ? _swing * stepLength : 0;
                var start = bar * barLength + step * stepLength + late + _looseness * _random.NextDouble();
                if (start >= _mix.Length) yield break;
                var steps = 1;
                while (step + steps < rhythm.Length && rhythm[step + steps] == '.') steps++;
                var velocity = Pattern.Velocity(rhythm[step]) * (0.8 + 0.2 * _random.NextDouble());
                yield return (bar, (int)start, (int)(steps * stepLength), (float)velocity);
            }
        }
    }

    private float[] Produce(Production production)
    {
        Room.Echo(_mix, (int)(0.75 * _beat), (float)Draw(production.Echo));
        Room.Reverberate(_mix, Draw(production.Reverb), (float)Draw(production.Wet));
        Normalise(1);
        Room.Drive(_mix, (float)Draw(production.Drive));
        Room.LowPass(_mix, Draw(production.Cutoff));
        Normalise((float)Draw(production.Peak));
        var noise = Draw(production.Noise);
        foreach (ref var sample in _mix.AsSpan()) sample += (float)(noise * (2 * _random.NextDouble() - 1));
        foreach (ref var sample in _mix.AsSpan()) sample = Math.Clamp(sample, -1, 1);
        return _mix;
    }

    private void Normalise(float peak)
    {
        var highest = 0f;
        foreach (var sample in _mix) highest = Math.Max(highest, Math.Abs(sample));
        if (highest == 0) return;
        var gain = peak / highest;
        foreach (ref var sample in _mix.AsSpan()) sample *= gain;
    }
}
