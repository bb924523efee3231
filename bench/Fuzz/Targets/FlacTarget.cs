using Engine.Dsp.Audio;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>
/// FLAC as it lies in a file. Changes inside a frame get past its checksums, because those are put right; a few bytes of silence
/// decode to a block of eight channels, so the memory allowed is that of the samples.
/// </summary>
internal sealed class FlacTarget(string name, string folder) : AudioTarget(name, folder, "fuzz.flac", AudioSeeds.Flac)
{
    private const int LongestBlock = 65535, MostChannels = 8, ShortestFrame = 10, LongestHeader = 15;

    public override IMutation Mutation { get; } = new Mixed(
        (1, Mutations),
        (2, new Enveloped(OpenFrame, new ByteMutation(), Mutations)),
        (2, new Enveloped(OpenHeader, new ByteMutation(), Mutations)));

    public override double AllocationPerByte => 4.0 * sizeof(float) * LongestBlock / ShortestFrame;

    // The block in integers, and as wide ones where a difference needs them; what is read ahead.
    public override long AllocationBase => (4 * MostChannels + 8) * LongestBlock + (1 << 20);

    // What is missing from the whole still counts for the position of a part.
    protected override bool HasParts(AudioSignal whole) => whole.Damage is null;

    /// <summary>A frame without its checksum.</summary>
    private static (byte[], Func<byte[], byte[]>)? OpenFrame(byte[] file, Random random)
    {
        if (Find(file, random) is not var (start, end)) return null;
        return (file[start..(end - 2)], frame => [.. file[..start], .. Close(frame), .. file[end..]]);
    }

    /// <summary>The header of a frame, in its short form, without its checksum; that of the frame changes with it.</summary>
    private static (byte[], Func<byte[], byte[]>)? OpenHeader(byte[] file, Random random)
    {
        if (Find(file, random) is not var (start, end)) return null;
        var length = 4;
        var longest = Math.Min(end - start - 3, LongestHeader);
        while (length < longest && FlacEncoder.HeaderCrc(file.AsSpan(start, length)) != file[start + length]) length++;
        return (file[start..(start + length)], header =>
        [
            .. file[..start],
            .. Close([.. header, FlacEncoder.HeaderCrc(header), .. file[(start + length + 1)..(end - 2)]]),
            .. file[end..],
        ]);
    }

    private static byte[] Close(byte[] frame)
    {
        var crc = FlacEncoder.FrameCrc(frame);
        return [.. frame, (byte)(crc >> 8), (byte)crc];
    }

    /// <summary>One of the places that look like the start of a frame, up to the next.</summary>
    private static (int Start, int End)? Find(byte[] file, Random random)
    {
        List<int> starts = [];
        for (var i = 0; i + 1 < file.Length; i++)
        {
            if (file[i] == 0xFF && (file[i + 1] & 0xFE) == 0xF8) starts.Add(i);
        }

        if (starts.Count == 0) return null;
        var at = random.Next(starts.Count);
        var (start, end) = (starts[at], at + 1 < starts.Count ? starts[at + 1] : file.Length);
        return end - start < ShortestFrame ? null : (start, end);
    }
}
