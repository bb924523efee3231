using Engine.Tensors;

namespace Engine.Cli.Demo;

/// <summary>The notes of one part, onset after onset, in semitones above the key.</summary>
internal sealed class Line(Role role, RandomStream random, int[] scale, int chordSize)
{
    private int _position;

    /// <summary>What to play at the next onset over the chord on the scale's degree <paramref name="chord"/>.</summary>
    public IReadOnlyList<int> Next(int chord)
    {
        switch (role)
        {
            case Role.Root:
                return [Semitone(random.NextDouble() < 0.15 ? chord + 4 : chord)];
            case Role.Walk:
                _position = Math.Clamp(_position + random.NextInt(3) - 1, 0, 3);
                return [Semitone(chord + 2 * _position)];
            case Role.Chord:
                return [.. Tones(chord)];
            case Role.Arpeggio:
                return [Tones(chord).ElementAt(_position++ % (chordSize + 1))];
            default:
                _position = Math.Clamp(_position + random.NextInt(5) - 2, -3, 9);
                // Odd distances from the root are passing notes; half of the time they step to a chord tone.
                if ((_position - chord) % 2 != 0 && random.NextDouble() < 0.5) _position--;
                return [Semitone(_position)];
        }
    }

    // Root, third, fifth, seventh (a power chord has no third), and the octave on top.
    private IEnumerable<int> Tones(int chord)
    {
        yield return Semitone(chord);
        for (var i = 1; i < chordSize; i++) yield return Semitone(chord + (chordSize == 2 ? 4 : 2 * i));
        yield return Semitone(chord + 7);
    }

    private int Semitone(int degree)
    {
        var octave = (int)Math.Floor(degree / (double)scale.Length);
        return 12 * octave + scale[degree - octave * scale.Length];
    }
}
