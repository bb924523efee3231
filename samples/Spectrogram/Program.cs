// Prints the mel spectrogram of a recording, or writes it for Python, with Engine.Dsp alone:
//     Spectrogram SONG [OUT.npy]
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;

if (args is not [var path, ..] || args.Length > 2)
{
    Console.Error.WriteLine("usage: Spectrogram SONG [OUT.npy]");
    return 2;
}

try
{
    // WAV, AIFF, FLAC, MP3, Ogg Vorbis and others are read natively, the rest through ffmpeg; channels are averaged.
    var audio = AudioFile.Read(path, duration: 30, targetRate: 22050);
    var mel = new MelSpectrogram(new StftOptions { FftSize = 2048, HopLength = 512 },
        new MelOptions { SampleRate = audio.SampleRate, Bands = 64 });
    var frames = mel.Compute(audio.Samples);

    // As librosa.power_to_db(ref=np.max): 0 dB is the loudest value, and nothing is below -80 dB.
    Decibels.FromPower(frames.Data, frames.Data, reference: Decibels.Peak(frames.Data));
    if (args is [_, var output])
    {
        NpyArray.FromFrames(frames).Save(output); // [bands, frames], as librosa has it
        Console.WriteLine($"{output}: [{frames.Bins}, {frames.Count}] of float32");
        return 0;
    }

    // 72 columns of text, 32 rows, high frequencies on top: each character is the mean of what it covers.
    const string Shades = " .:-=+*#%@";
    var width = Math.Min(72, frames.Count);
    for (var band = frames.Bins - 2; band >= 0; band -= 2)
    {
        var line = new char[width];
        for (var column = 0; column < width; column++)
        {
            var (from, to) = (column * frames.Count / width, (column + 1) * frames.Count / width);
            var sum = 0f;
            for (var frame = from; frame < to; frame++) sum += frames[frame][band] + frames[frame][band + 1];
            var decibels = sum / (2 * (to - from));
            line[column] = Shades[(int)Math.Clamp((decibels + 80) / 80 * Shades.Length, 0, Shades.Length - 1)];
        }

        Console.WriteLine(new string(line).TrimEnd());
    }

    Console.WriteLine(FormattableString.Invariant($"{audio.Seconds:0.0} s, up to {audio.SampleRate / 2} Hz, mel scale"));
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
