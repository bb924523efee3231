namespace Engine.Cli.Demo;

/// <summary>A range; each track draws its own value from it.</summary>
internal readonly record struct Interval(double Low, double High);

/// <summary>Which notes of the chord or scale a part plays at each onset.</summary>
internal enum Role
{
    /// <summary>The root of the chord, sometimes its fifth.</summary>
    Root,

    /// <summary>A line that walks from chord tone to chord tone.</summary>
    Walk,

    /// <summary>All notes of the chord.</summary>
    Chord,

    /// <summary>The notes of the chord one after another.</summary>
    Arpeggio,

    /// <summary>A random walk on the scale.</summary>
    Melody,
}

/// <summary>One line of the arrangement.</summary>
/// <param name="Role">Which notes it plays.</param>
/// <param name="Octave">Octave of its lowest note; 4 starts at middle C.</param>
/// <param name="Level">Loudness.</param>
/// <param name="Hold">Share of the time to the next onset for which a note is held.</param>
/// <param name="Drive">Saturation; 0 is clean.</param>
/// <param name="Rhythms">Onsets over one bar, one character per step; see <see cref="Pattern"/>.</param>
/// <param name="Voices">Instruments to choose from.</param>
internal sealed record Part(Role Role, int Octave, double Level, Interval Hold, Interval Drive, string[] Rhythms, Voice[] Voices);

/// <summary>The drummer: a kit and the patterns to choose from, one of each kind per track.</summary>
internal sealed record Drums(DrumKit Kit, Interval Level, string[] Kick, string[] Snare, string[] Hat);

/// <summary>How the recording sounds. Reverberation in seconds and share, low-pass in hertz, noise as amplitude.</summary>
internal sealed record Production(
    Interval Reverb, Interval Wet, Interval Echo, Interval Cutoff, Interval Noise, Interval Drive, Interval Peak);

/// <summary>Tempo and harmony.</summary>
/// <param name="Tempo">Quarter notes per minute.</param>
/// <param name="BeatsPerBar">Quarter notes per bar.</param>
/// <param name="Swing">How late every second step comes, as a share of a step.</param>
/// <param name="Scales">Scales to choose from, each of seven notes in semitones above the key.</param>
/// <param name="ChordSize">Notes of a chord: 2 is a power chord, 3 a triad, 4 a seventh chord.</param>
/// <param name="Progressions">Chord progressions to choose from: scale degrees, one per bar.</param>
internal sealed record Form(Interval Tempo, int BeatsPerBar, Interval Swing, int[][] Scales, int ChordSize, int[][] Progressions);

/// <summary>
/// A made-up genre: everything its tracks may consist of. <paramref name="Neighbors"/> are the genres that they borrow
/// from.
/// </summary>
internal sealed record Genre(
    string Name, string[] Neighbors, Form Form, Part? Bass, Part Chords, Part? Lead, Drums? Drums, Production Production);

/// <summary>Reads rhythm patterns: 'X' is accented, 'x' played, 'o' a ghost note played half of the time, '.' a rest.</summary>
internal static class Pattern
{
    /// <summary>How hard a step is played; 0 is a rest.</summary>
    public static double Velocity(char step) => step switch { 'X' => 1, 'x' => 0.75, 'o' => 0.4, _ => 0 };

    /// <summary>The chance that a step is played at all.</summary>
    public static double Chance(char step) => step == 'o' ? 0.5 : 1;
}
