using Engine.Tensors;

/// <summary>
/// Three made-up genres, so that the samples need no recordings: plucked strings (Karplus and Strong 1983), bells (frequency
/// modulation, Chowning 1973), and drums (bursts of noise at a tempo). A number gives the same song each time.
/// </summary>
internal static class MadeUpMusic
{
    public const int Rate = 22050;

    public static readonly string[] Genres = ["bells", "drums", "strings"];

    /// <summary>Mono samples at <see cref="Rate"/>.</summary>
    public static float[] Song(string genre, int number, double seconds = 2)
    {
        var random = new RandomStream((ulong)number, genre);
        var song = new float[(int)(seconds * Rate)];
        var beat = (int)(Rate * (0.15 + 0.2 * random.NextDouble()));
        for (var start = 0; start < song.Length; start += beat)
        {
            var note = song.AsSpan(start);
            var pitch = 110 * Math.Pow(2, random.NextInt(25) / 12.0);
            if (genre == "strings") Pluck(note, pitch, random);
            else if (genre == "bells") Ring(note, pitch, 1.4 + random.NextDouble());
            else Hit(note, 60 + 400 * random.NextDouble(), random);
        }

        return song;
    }

    private static void Pluck(Span<float> song, double pitch, RandomStream random)
    {
        var wire = new float[(int)(Rate / pitch)];
        for (var i = 0; i < wire.Length; i++) wire[i] = (float)(random.NextDouble() - 0.5);
        for (var i = 0; i < song.Length; i++)
        {
            var (at, next) = (i % wire.Length, (i + 1) % wire.Length);
            song[i] += 0.4f * wire[at];
            wire[at] = 0.498f * (wire[at] + wire[next]);
        }
    }

    private static void Ring(Span<float> song, double pitch, double ratio)
    {
        for (var i = 0; i < song.Length; i++)
        {
            var (time, fade) = ((double)i / Rate, Math.Exp(-3.0 * i / Rate));
            var modulator = 5 * fade * Math.Sin(2 * Math.PI * pitch * ratio * time);
            song[i] += (float)(0.2 * fade * Math.Sin(2 * Math.PI * 2 * pitch * time + modulator));
        }
    }

    private static void Hit(Span<float> song, double decay, RandomStream random)
    {
        var last = 0.0;
        for (var i = 0; i < song.Length; i++)
        {
            last = 0.6 * last + random.NextDouble() - 0.5;
            song[i] += (float)(0.5 * last * Math.Exp(-decay * i / Rate / 10));
        }
    }
}
