// Labels the last seconds of what a microphone hears:
//     arecord -q -f S16_LE -r 22050 -c 1 -t raw | MicrophoneStream MODEL [RATE] [SECONDS]
// Standard input is raw PCM: signed 16-bit little-endian mono at RATE Hz (22050). SECONDS is how far a label looks back; by
// default as far as the model's windows.
using System.Globalization;
using System.Runtime.InteropServices;
using Engine.Classifiers;
using Engine.Pipeline;

if (args.Length is < 1 or > 3)
{
    Console.Error.WriteLine("usage: MicrophoneStream MODEL [RATE] [SECONDS] < raw PCM, S16_LE mono");
    return 2;
}

try
{
    var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 22050;
    var seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : (double?)null;
    using var model = GenreModel.Load(args[0]);
    var stream = model.OpenStream(rate, seconds);
    Console.Error.WriteLine(FormattableString.Invariant(
        $"{model}: labels of {stream.Window:0.##} s every {stream.Hop:0.##} s"));

    using var input = Console.OpenStandardInput();
    var bytes = new byte[8192];
    var samples = new float[bytes.Length / sizeof(short)];
    var held = 0; // half of a sample that the last read ended in
    for (int got; (got = input.Read(bytes, held, bytes.Length - held)) > 0;)
    {
        held += got;
        var pcm = MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, held));
        for (var i = 0; i < pcm.Length; i++) samples[i] = pcm[i] / 32768f;
        held %= sizeof(short);
        if (held > 0) bytes[0] = bytes[2 * pcm.Length];

        // Memory does not grow, however long this goes on. A push that completes a window takes as long as a prediction.
        if (!stream.Push(samples.AsSpan(0, pcm.Length))) continue;
        Console.WriteLine(stream.Current?.ToString() ?? stream.Problem);
    }

    return 0;
}
catch (Exception e) when (e is EngineException or FormatException or OverflowException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
