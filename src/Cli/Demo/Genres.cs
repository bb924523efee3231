using static Engine.Cli.Demo.Scales;

namespace Engine.Cli.Demo;

/// <summary>Scales in semitones above the key.</summary>
internal static class Scales
{
    public static readonly int[] Major = [0, 2, 4, 5, 7, 9, 11];
    public static readonly int[] Lydian = [0, 2, 4, 6, 7, 9, 11];
    public static readonly int[] Mixolydian = [0, 2, 4, 5, 7, 9, 10];
    public static readonly int[] Dorian = [0, 2, 3, 5, 7, 9, 10];
    public static readonly int[] Minor = [0, 2, 3, 5, 7, 8, 10];
    public static readonly int[] Phrygian = [0, 1, 3, 5, 7, 8, 10];
}

/// <summary>The ten made-up genres of the synthetic corpus.</summary>
internal static class Genres
{
    private static readonly Interval s_clean = new(0, 0);

    private static readonly PluckVoice s_nylon = new(1.6, 0.35), s_steel = new(2.2, 0.7), s_clavinet = new(0.5, 0.9);
    private static readonly PluckVoice s_upright = new(1.2, 0.2), s_slap = new(0.7, 0.8);
    private static readonly FmVoice s_bell = new(3.5, 4, 0.8, new(0.002, 1.5, 0, 0.6));
    private static readonly FmVoice s_glass = new(2.01, 3, 0.5, new(0.002, 1.0, 0, 0.4));
    private static readonly FmVoice s_electricPiano = new(1, 1.6, 1.2, new(0.003, 2.5, 0.1, 0.25));
    private static readonly FmVoice s_brass = new(1, 4.5, 0, new(0.05, 0.4, 0.8, 0.1));
    private static readonly AdditiveVoice s_flute = new([1, 0.35, 0.1, 0.04], 0.006, 0.06, new(0.06, 0.5, 0.9, 0.12));
    private static readonly AdditiveVoice s_reed =
        new([1, 0.75, 0.7, 0.45, 0.4, 0.25, 0.2, 0.1], 0.004, 0.03, new(0.04, 0.5, 0.85, 0.1));
    private static readonly AdditiveVoice s_organ =
        new([1, 0.8, 0.55, 0.4, 0, 0.25, 0, 0.25], 0.002, 0, new(0.008, 1, 0.95, 0.05));
    private static readonly AdditiveVoice s_choir = new([1, 0.6, 0.3, 0.35, 0.2, 0.08], 0.007, 0.05, new(0.7, 2, 0.9, 1.2));
    private static readonly AnalogVoice s_pad = new(Wave.Saw, 0.008, 300, 900, 0.1, new(0.5, 2, 0.9, 1.0));
    private static readonly AnalogVoice s_stab = new(Wave.Saw, 0.012, 600, 4000, 0.35, new(0.004, 0.5, 0.2, 0.12));
    private static readonly AnalogVoice s_pulse = new(Wave.Square, 0.004, 400, 2500, 0.3, new(0.003, 0.3, 0.3, 0.08));
    private static readonly AnalogVoice s_guitar = new(Wave.Saw, 0.006, 1500, 2500, 0.1, new(0.003, 1.5, 0.6, 0.06));
    private static readonly AnalogVoice s_sub = new(Wave.Sine, 0, 400, 200, 0, new(0.01, 0.8, 0.8, 0.06));
    private static readonly AnalogVoice s_sawBass = new(Wave.Saw, 0.003, 120, 900, 0.4, new(0.004, 0.4, 0.4, 0.05));

    private static readonly DrumKit s_acoustic = new(160, 60, 0.25, 190, 0.22, 0.65, 0.08, 0.8);
    private static readonly DrumKit s_brushes = new(110, 65, 0.2, 220, 0.3, 0.9, 0.35, 0.5);
    private static readonly DrumKit s_machine = new(260, 48, 0.4, 240, 0.18, 0.8, 0.05, 0.95);
    private static readonly DrumKit s_heavy = new(220, 55, 0.22, 170, 0.3, 0.6, 0.25, 0.85);
    private static readonly DrumKit s_shaker = new(100, 70, 0.15, 300, 0.1, 0.5, 0.12, 0.9);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<Genre> All { get; } =
    [
        new("amberwaltz", ["velvetnight", "rustshuffle"],
            new(new(84, 138), 3, new(0, 0.1), [Major, Mixolydian], 3, [[0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 5, 3]]),
            new(Role.Root, 2, 0.5, new(0.7, 1), s_clean, ["X.....", "X...x."], [s_upright]),
            new(Role.Arpeggio, 3, 0.6, new(0.9, 1.8), s_clean, ["X.x.x.", "xxxxxx", "X.xxxx"], [s_nylon, s_steel]),
            new(Role.Melody, 5, 0.3, new(0.8, 1), s_clean, ["X...x.", "X.....", "X.x.o."], [s_flute, s_nylon]),
            new(s_shaker, new(0, 0.25), ["......"], ["......", "..x.x."], ["x.x.x.", "......"]),
            new(new(0.5, 1.4), new(0.1, 0.3), s_clean, new(3500, 8000), new(0.0002, 0.0015), s_clean, new(0.3, 0.7))),

        new("brasswalk", ["velvetnight", "copperfunk"],
            new(new(116, 188), 4, new(0, 0.1), [Dorian, Major, Mixolydian], 4, [[1, 4, 0, 0], [0, 5, 1, 4], [1, 4, 0, 5]]),
            new(Role.Walk, 2, 0.8, new(0.8, 1), s_clean, ["x..x..x..x..", "x..x..x.xx.."], [s_upright]),
            new(Role.Chord, 4, 0.25, new(0.3, 0.7), s_clean, ["..x..X......", "X.....o.x...", "..x.....x..x"], [s_brass]),
            new(Role.Melody, 4, 0.4, new(0.7, 1), s_clean, ["x.xx.x.xx..x", "X..x.x...x.x", "..xx.xx....."], [s_brass, s_reed]),
            new(s_brushes, new(0.3, 0.7), ["o.....o.....", "X....o......"], ["...o.....x..", "...x....ox.."], ["X..x.xX..x.x"]),
            new(new(0.4, 0.9), new(0.08, 0.2), s_clean, new(6000, 10500), new(0.0005, 0.004), s_clean, new(0.5, 0.95))),

        new("cloudchoir", ["amberwaltz", "glasspulse"],
            new(new(50, 84), 4, s_clean, [Lydian, Major, Minor], 3, [[0, 3], [0, 4, 3, 0], [5, 3, 0, 4], [0, 1]]),
            new(Role.Root, 2, 0.4, new(0.95, 1), s_clean, ["X..............."], [s_sub, s_pad]),
            new(Role.Chord, 3, 0.5, new(0.9, 1), s_clean, ["X...............", "X.......x......."], [s_choir, s_pad]),
            new(Role.Melody, 5, 0.2, new(1, 1.5), s_clean, ["X.......o...o...", "....x.......x...", "........o......."],
                [s_bell, s_flute]),
            null,
            new(new(2.5, 4.5), new(0.4, 0.8), s_clean, new(2500, 7000), new(0.0005, 0.004), s_clean, new(0.25, 0.7))),

        new("copperfunk", ["brasswalk", "neonhouse"],
            new(new(92, 122), 4, new(0, 0.3), [Dorian, Mixolydian], 4, [[0, 0], [0, 3], [0, 0, 3, 4]]),
            new(Role.Root, 2, 0.9, new(0.4, 0.8), new(0, 1.5), ["X..x..x...x.x..x", "X.o...x.X..x....", "X...x..xo.x...x."],
                [s_slap, s_sawBass]),
            new(Role.Chord, 4, 0.3, new(0.3, 0.6), new(0, 2), ["..x.oxo...x..x..", "x..x..x.o..x..x.", "....X..o....X.xo"],
                [s_clavinet]),
            new(Role.Melody, 4, 0.3, new(0.4, 0.9), s_clean, ["X..x......x.x...", "........X.x.x..x"], [s_brass, s_clavinet]),
            new(s_acoustic, new(0.6, 1), ["X..o..x...x.....", "X.x.......x..o.."], ["....X..o.o..X..o", "....X.......X.o."],
                ["x.xox.x.xoxox.x.", "xxxxxxxxxxxxxxxx"]),
            new(new(0.2, 0.6), new(0.05, 0.15), s_clean, new(5500, 10500), new(0.0003, 0.003), new(0, 0.6), new(0.5, 0.95))),

        new("glasspulse", ["neonhouse", "cloudchoir"],
            new(new(98, 136), 4, s_clean, [Lydian, Major, Dorian], 3, [[0, 0, 3, 3], [0, 4, 5, 3], [0, 1]]),
            new(Role.Root, 2, 0.4, new(0.6, 1), s_clean, ["X...............", "X.......x......."], [s_sub, s_sawBass]),
            new(Role.Arpeggio, 5, 0.55, new(0.8, 1.5), s_clean, ["xxxxxxxxxxxxxxxx", "X.xxX.xxX.xxX.xx", "x.x.x.x.x.x.x.x."],
                [s_bell, s_glass]),
            new(Role.Melody, 5, 0.3, new(1, 1.5), s_clean, ["X.....x.....x...", "X.......o......."], [s_glass, s_bell]),
            new(s_machine, new(0, 0.45), ["X.......X.......", "................"], ["................", "....o.......o..."],
                ["..x...x...x...x.", "o.x.o.x.o.x.o.x."]),
            new(new(1, 2.2), new(0.15, 0.35), new(0, 0.3), new(7000, 10500), new(0.0002, 0.001), s_clean, new(0.3, 0.85))),

        new("ironriff", ["rustshuffle", "neonhouse"],
            new(new(124, 196), 4, s_clean, [Phrygian, Minor], 2, [[0, 0, 5, 6], [0, 1, 0, 4], [0, 5, 3, 6]]),
            new(Role.Root, 2, 0.7, new(0.6, 1), new(1, 4), ["X.xxX.xxX.xxX.xx", "xxxxxxxxxxxxxxxx", "X.x.X.x.X.x.X.x."],
                [s_sawBass, s_slap]),
            new(Role.Chord, 3, 0.7, new(0.5, 1), new(4, 16),
                ["X.xxX.xxX.xxX.xx", "X..x..x.X..x..x.", "X.......X.x.x...", "XxxxXxxxXxxxXxxx"], [s_guitar, s_steel]),
            new(Role.Melody, 5, 0.3, new(0.6, 1), new(4, 10), ["x.x.x.xxx.x.x.xx", "................", "X.......x......."],
                [s_guitar]),
            new(s_heavy, new(0.7, 1.1), ["X.x.X.x.X.x.X.x.", "X..x..x.X..x..x.", "xxxxxxxxxxxxxxxx"],
                ["....X.......X...", "..X...X...X...X."], ["X...X...X...X...", "x.x.x.x.x.x.x.x."]),
            new(new(0.2, 0.7), new(0.05, 0.15), s_clean, new(5000, 10500), new(0.0005, 0.006), new(0.8, 2.5), new(0.7, 0.98))),

        new("moondub", ["copperfunk", "velvetnight"],
            new(new(62, 92), 4, new(0, 0.25), [Minor, Dorian], 3, [[0, 3], [0, 6], [0, 0, 3, 6]]),
            new(Role.Root, 1, 1.1, new(0.6, 1), s_clean, ["X..x..x...x.....", "....X..xX.......", "X.....x.x...x..."],
                [s_sub, s_sawBass]),
            new(Role.Chord, 4, 0.3, new(0.3, 0.5), s_clean, ["..X...X...X...X.", "..X..x..X...X.x.", "..X...X...Xx..X."],
                [s_organ, s_stab]),
            new(Role.Melody, 4, 0.2, new(0.5, 1), s_clean, ["........x.x.x...", "X..........o....", "................"],
                [s_reed, s_organ, s_brass]),
            new(s_acoustic, new(0.4, 0.9), ["........X.......", "X.......X......."], ["........X.......", "........X....o.o"],
                ["x.xox.x.x.x.x.xo", "..x...x...x...x."]),
            new(new(1, 2.4), new(0.15, 0.4), new(0.25, 0.55), new(2200, 5500), new(0.0015, 0.006), new(0, 0.5), new(0.4, 0.95))),

        new("neonhouse", ["glasspulse", "copperfunk"],
            new(new(112, 138), 4, new(0, 0.15), [Minor, Dorian, Major], 4, [[0, 5, 2, 6], [0, 3], [5, 6, 0, 0]]),
            new(Role.Root, 2, 0.7, new(0.5, 0.9), new(0, 1), ["..X...X...X...X.", "..xx..xx..xx..xx", "x.x.x.x.x.x.x.x."],
                [s_sawBass, s_sub]),
            new(Role.Chord, 4, 0.5, new(0.6, 1), s_clean, ["X..x..x.X..x..x.", "..X...X...X...X.", "X......x..x....."],
                [s_stab, s_pulse, s_pad]),
            new(Role.Arpeggio, 5, 0.2, new(0.5, 1), s_clean, ["x.xx.x.xx.xx.x.x", "................", "xxxxxxxxxxxxxxxx"],
                [s_pulse, s_stab]),
            new(s_machine, new(0.8, 1.2), ["X...X...X...X..."], ["....X.......X...", "....x..o....x..o"],
                ["..X...X...X...X.", "x.Xxx.Xxx.Xxx.Xx"]),
            new(new(0.6, 1.6), new(0.1, 0.3), new(0, 0.35), new(6000, 10500), new(0.0001, 0.001), new(0, 1), new(0.6, 0.98))),

        new("rustshuffle", ["ironriff", "amberwaltz"],
            new(new(76, 132), 4, new(0, 0.1), [Mixolydian, Dorian], 4, [[0, 0, 3, 0], [0, 3, 0, 4], [0, 0, 3, 3, 4, 3]]),
            new(Role.Walk, 2, 0.7, new(0.6, 1), new(0, 1), ["x..x..x..x..", "x.xx.xx.xx.x"], [s_upright, s_slap]),
            new(Role.Chord, 3, 0.35, new(0.4, 0.8), new(2, 8), ["x.xx.xx.xx.x", "X....xX....x", "...x.....x.."],
                [s_steel, s_guitar, s_organ]),
            new(Role.Melody, 4, 0.4, new(0.6, 1), new(1, 8), ["X.xx.x......", "..xx.xX..x..", "X.....x.xx.x"],
                [s_steel, s_reed, s_guitar]),
            new(s_acoustic, new(0.3, 0.9), ["X.....x.....", "X....xx....."], ["...X.....X..", "...X....oX.o"],
                ["x.xx.xx.xx.x", "x..x..x..x.."]),
            new(new(0.3, 1), new(0.05, 0.25), s_clean, new(3500, 7500), new(0.003, 0.01), new(0.4, 1.6), new(0.5, 0.95))),

        new("velvetnight", ["brasswalk", "moondub"],
            new(new(58, 98), 4, new(0, 0.3), [Major, Dorian, Lydian], 4, [[0, 5, 1, 4], [1, 4, 0, 3], [3, 2, 1, 0]]),
            new(Role.Root, 2, 0.6, new(0.7, 1), s_clean, ["X.....x.X.......", "X..........x....", "X...x...X...x..."],
                [s_upright, s_sub]),
            new(Role.Chord, 4, 0.35, new(0.8, 1.1), s_clean, ["X.......o.......", "X.....x...x.....", "X...x...x...x..."],
                [s_electricPiano, s_pad]),
            new(Role.Melody, 4, 0.3, new(0.8, 1.1), s_clean, ["X...x...o.x.....", "..x.x.....x...o.", "X...........x.x."],
                [s_reed, s_electricPiano, s_flute]),
            new(s_brushes, new(0.1, 0.4), ["X.......X.......", "X.....o........."], ["....x.......x...", "....o.......o..."],
                ["x.x.x.x.x.x.x.x.", "x...x...x...x..."]),
            new(new(1.2, 2.4), new(0.25, 0.5), s_clean, new(1800, 4500), new(0.0003, 0.002), s_clean, new(0.25, 0.65))),
    ];

    /// <summary>The genre with this name.</summary>
    public static Genre Find(string name) => All.First(g => g.Name == name);
}
