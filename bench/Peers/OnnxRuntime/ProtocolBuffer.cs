using System.Text;

namespace Engine.Peers.OnnxRuntime;

/// <summary>A message of protocol buffers, written field by field: as much of the format as an ONNX model needs.</summary>
internal sealed class ProtocolBuffer
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly List<byte> _bytes = [];

    public ProtocolBuffer Integer(int field, long value)
    {
        Tag(field, Varint);
        Write((ulong)value);
        return this;
    }

    public ProtocolBuffer Float(int field, float value)
    {
        Tag(field, Fixed32);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtocolBuffer Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimited);
        Write((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public ProtocolBuffer Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtocolBuffer Message(int field, ProtocolBuffer value) => Bytes(field, value.ToArray());

    public byte[] ToArray() => [.. _bytes];

    private void Tag(int field, int type) => Write((ulong)(field << 3 | type));

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
