using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Engine.Dsp.Numpy;

/// <summary>The part of a <c>.npy</c> file before the values: a Python dictionary in text, padded to 64 bytes.</summary>
/// <param name="Type">NumPy's name of the element type, such as <c>&lt;f4</c>.</param>
/// <param name="FortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">The sizes; empty for a scalar.</param>
internal sealed record NpyHeader(string Type, bool FortranOrder, int[] Shape)
{
    private const int Alignment = 64, LargestRank = 64, LargestHeader = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header and leaves the stream at the first value.</summary>
    /// <param name="stream">Positioned at the magic bytes.</param>
    /// <param name="available">The bytes that the stream holds.</param>
    /// <param name="left">The bytes that follow the header.</param>
    /// <exception cref="InvalidDataException">The bytes are not a header of version 1 to 3.</exception>
    public static NpyHeader Read(Stream stream, long available, out long left)
    {
        Span<byte> start = stackalloc byte[12];
        Fill(stream, start[..8], "the magic bytes");
        if (!start[..6].SequenceEqual(Magic)) throw new InvalidDataException("npy: it does not start with the bytes 93 'NUMPY'.");
        var version = start[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"npy: format version {version}.{start[7]} is not supported; 1 to 3 are.");
        }
        var lengthBytes = version == 1 ? 2 : 4;
        Fill(stream, start.Slice(8, lengthBytes), "the header's length");
        var length = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        left = available - 8 - lengthBytes - length;
        if (left < 0 || length > LargestHeader)
        {
            throw new InvalidDataException($"npy: a header of {length} bytes does not fit into a file of {available}.");
        }

        var bytes = new byte[length];
        Fill(stream, bytes, "the header");
        return new Parser(version == 3 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes)).Parse();
    }

    /// <summary>The bytes of this header, in version 1.</summary>
    public byte[] ToBytes()
    {
        var shape = string.Join(", ", Shape) + (Shape.Length == 1 ? "," : "");
        var text = $"{{'descr': '{Type}', 'fortran_order': {(FortranOrder ? "True" : "False")}, 'shape': ({shape}), }}";
        var length = (10 + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        (bytes[6], bytes[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(length - 10));
        Encoding.Latin1.GetBytes(text, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    /// <summary>The number of values.</summary>
    /// <exception cref="InvalidDataException">There are more than an array can hold.</exception>
    public int Count()
    {
        if (Shape.Contains(0)) return 0;
        long count = 1;
        foreach (var size in Shape)
        {
            count *= size;
            if (count > Array.MaxLength)
            {
                throw new InvalidDataException($"npy: shape ({string.Join(", ", Shape)}) has more values than fit in an array.");
            }
        }

        return (int)count;
    }

    private static void Fill(Stream stream, Span<byte> bytes, string what)
    {
        var got = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
        {
            throw new InvalidDataException($"npy: the file ends inside {what}, after {got} of {bytes.Length} bytes.");
        }
    }

    /// <summary>Reads the literals that NumPy writes: a dictionary of a string, a bool and a tuple of integers.</summary>
    private ref struct Parser(string text)
    {
        private readonly string _text = text;
        private int _at;

        public NpyHeader Parse()
        {
            string? type = null;
            bool? fortran = null;
            int[]? shape = null;
            Expect('{');
            while (!Accept('}'))
            {
                var key = Quoted();
                Expect(':');
                if (key == "descr") type = Peek() == '[' ? List() : Quoted();
                else if (key == "fortran_order") fortran = Bool();
                else if (key == "shape") shape = Tuple();
                else throw Bad($"descr, fortran_order or shape instead of {key}");
                if (!Accept(',') && Peek() != '}') throw Bad("a comma");
            }

            return type is null || fortran is null || shape is null
                ? throw Bad("each of descr, fortran_order and shape")
                : new NpyHeader(type, fortran.Value, shape);
        }

        private char Peek()
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
            return _at < _text.Length ? _text[_at] : '\0';
        }

        private bool Accept(char wanted)
        {
            if (Peek() != wanted) return false;
            _at++;
            return true;
        }

        private void Expect(char wanted)
        {
            if (!Accept(wanted)) throw Bad($"'{wanted}'");
        }

        private string Quoted()
        {
            var quote = Peek();
            var end = quote is '\'' or '"' ? _text.IndexOf(quote, _at + 1) : -1;
            if (end < 0) throw Bad("a quoted name");
            var value = _text[(_at + 1)..end];
            _at = end + 1;
            return value;
        }

        // A record type: a list, kept as written.
        private string List()
        {
            var (start, depth, quote) = (_at, 0, '\0');
            for (; _at < _text.Length; _at++)
            {
                var c = _text[_at];
                if (quote != '\0') quote = c == quote ? '\0' : quote;
                else if (c is '\'' or '"') quote = c;
                else if (c == '[') depth++;
                else if (c == ']' && --depth == 0) return _text[start..++_at];
            }

            throw Bad("']'");
        }

        private bool Bool()
        {
            Peek();
            foreach (var (word, value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
            {
                if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) continue;
                _at += word.Length;
                return value;
            }

            throw Bad("True or False");
        }

        private int[] Tuple()
        {
            var sizes = new List<int>();
            Expect('(');
            while (!Accept(')'))
            {
                Peek();
                var start = _at;
                while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
                if (!int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, null, out var size))
                {
                    throw Bad("a size from 0 to 2147483647");
                }

                sizes.Add(size);
                if (sizes.Count > LargestRank) throw Bad($"at most {LargestRank} sizes");
                if (!Accept(',') && Peek() != ')') throw Bad("a comma");
            }

            return [.. sizes];
        }

        private readonly InvalidDataException Bad(string expected) =>
            new($"npy: the header should have {expected} at character {_at}: "
            + $"{(_text.Length > 120 ? _text[..120] : _text).Trim()}");
    }
}
