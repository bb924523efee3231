using System.Text;
using System.Text.Json;

namespace Engine.Fuzzing.Mutation;

/// <summary>
/// Changes values and members of a JSON text by their places in it, so that what the writer of a library would never write (a
/// number of 400 digits, half of a surrogate pair, a key twice) comes in, too. Strings that hold JSON are entered.
/// </summary>
/// <param name="words">Literals beside those that every JSON parser should meet.</param>
internal sealed class JsonMutation(params string[] words) : IMutation
{
    private static readonly string[] s_literals =
    [
        "0", "-0", "1", "-1", "2", "3", "0.5", "1e-3", "1e-320", "1e308", "-1e308", "1e400", "-1e400", "1e-400",
            "0.1234567890123456789",
        "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807",
            "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1000000000", "NaN", "Infinity", "\"NaN\"", "\"Infinity\"", "null",
            "true", "false", "\"\"", "\" \"",
        "\"x\"", "[]", "{}", "[[]]", "[null]", "[0]", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"\\u001b[31m\"",
            "\"a\\nb\"", "\"é\"", "\"e\\u0301\"",
        "\"../../x\"", "\"\\u202e\"", "\"#\"", "[1,2,3]", "{\"x\":1}",
    ];

    private readonly byte[][] _literals = [.. s_literals.Concat(words).Select(Encoding.UTF8.GetBytes)];
    private readonly ByteMutation _plain = new([.. s_literals, .. words]);

    private readonly record struct Span(int Start, int End, JsonTokenType Kind, int Parent);

    public byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random)
    {
        var spans = random.Next(10) == 0 ? null : Spans(bytes);
        if (spans is not { Count: > 0 }) return _plain.Apply(bytes, others, random);
        var span = spans[random.Next(spans.Count)];
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                return Replace(bytes, span, Nested(bytes, span, random) ?? _literals[random.Next(_literals.Length)]);
            case 3:
                return Replace(bytes, span, Number(bytes[span.Start..span.End], random));
            case 4:
                var other = spans[random.Next(spans.Count)];
                return Replace(bytes, span, bytes[other.Start..other.End]);
            case 5:
                return Swap(bytes, span, spans[random.Next(spans.Count)]);
            case 6:
                return Remove(bytes, span);
            case 7:
                return Repeat(bytes, span, random);
            case 8:
                var theirs = others[random.Next(others.Count)];
                return Spans(theirs) is { Count: > 0 } list && list[random.Next(list.Count)] is var (start, end, _, _)
                    ? Replace(bytes, span, theirs[start..end])
                    : bytes;
            default:
                return Replace(bytes, span, random.Next(4) == 0 ? Deep(bytes[span.Start..span.End], random)
                    : Longer(bytes[span.Start..span.End], random));
        }
    }

    // Every value and every member (its name and value), from where it begins to where it ends; null if the text is no JSON.
    private static List<Span>? Spans(byte[] bytes)
    {
        var spans = new List<Span>();
        var open = new Stack<int>();
        var memberStart = -1;
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 128 });
            while (reader.Read())
            {
                var (start, end, kind) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.TokenType);
                if (kind is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    var opened = open.Pop();
                    spans[opened] = spans[opened] with { End = end };
                    Close(spans[opened].Parent, end);
                    continue;
                }

                if (kind == JsonTokenType.PropertyName)
                {
                    // The whole member; its end is known when its value is.
                    memberStart = spans.Count;
                    spans.Add(new(start, end, kind, -1));
                    continue;
                }

                spans.Add(new(start, end, kind, memberStart));
                if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray) open.Push(spans.Count - 1);
                else Close(memberStart, end);
                memberStart = -1;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return spans;

        void Close(int member, int end)
        {
            if (member >= 0) spans[member] = spans[member] with { End = end };
        }
    }

    private byte[]? Nested(byte[] bytes, Span span, Random random)
    {
        if (span.Kind != JsonTokenType.String || span.End - span.Start < 4
            || bytes[span.Start + 1] is not ((byte)'{' or (byte)'[')) return null;
        try
        {
            var text = Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(bytes.AsSpan(span.Start,
                span.End - span.Start))!);
            return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Encoding.UTF8.GetString(Apply(text, [text], random))));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Replace(byte[] bytes, Span span, byte[] value)
    {
        // In the place of a member goes a member.
        if (span.Kind == JsonTokenType.PropertyName
            && bytes.AsSpan(span.Start, span.End - span.Start).IndexOf((byte)':') is > 0 and var colon
            && value.AsSpan().IndexOf((byte)':') < 0)
        {
            return [.. bytes[..(span.Start + colon + 1)], .. value, .. bytes[span.End..]];
        }

        return [.. bytes[..span.Start], .. value, .. bytes[span.End..]];
    }

    private static byte[] Number(byte[] value, Random random)
    {
        if (!double.TryParse(value, out var number)) return value;
        number = random.Next(8) switch
        {
            0 => -number,
            1 => number + 1,
            2 => number - 1,
            3 => number * 2,
            4 => number / 2,
            5 => number * 1000,
            6 => number * 1e9,
            _ => number / 1000,
        };
        return Encoding.ASCII.GetBytes(number.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Swap(byte[] bytes, Span a, Span b)
    {
        if (b.Start < a.Start) (a, b) = (b, a);
        return b.Start < a.End
            ? bytes
            : [.. bytes[..a.Start], .. bytes[b.Start..b.End], .. bytes[a.End..b.Start], .. bytes[a.Start..a.End],
                .. bytes[b.End..]];
    }

    private static byte[] Remove(byte[] bytes, Span span)
    {
        var (start, end) = (span.Start, span.End);
        while (end < bytes.Length && bytes[end] is (byte)' ' or (byte)'\n') end++;
        if (end < bytes.Length && bytes[end] == (byte)',') return [.. bytes[..start], .. bytes[(end + 1)..]];
        while (start > 0 && bytes[start - 1] is (byte)' ' or (byte)'\n') start--;
        if (start > 0 && bytes[start - 1] == (byte)',') start--;
        return [.. bytes[..start], .. bytes[end..]];
    }

    private static byte[] Repeat(byte[] bytes, Span span, Random random)
    {
        var piece = bytes[span.Start..span.End];
        var times = random.Next(4) == 0 ? random.Next(2, 200) : 2;
        if ((long)piece.Length * times > 1 << 16) times = 2;
        var list = new List<byte>();
        for (var i = 0; i < times; i++)
        {
            if (i > 0) list.Add((byte)',');
            list.AddRange(piece);
        }

        return [.. bytes[..span.Start], .. list, .. bytes[span.End..]];
    }

    private static byte[] Deep(byte[] value, Random random)
    {
        var depth = random.Next(1, 200);
        return [.. Enumerable.Repeat((byte)'[', depth), .. value, .. Enumerable.Repeat((byte)']', depth)];
    }

    private static byte[] Longer(byte[] value, Random random)
    {
        if (value.Length < 2 || value[0] != (byte)'"') return [.. value, .. "0000000000"u8[..random.Next(11)]];
        var filler = new byte[random.Next(1, 400)];
        Array.Fill(filler, (byte)random.Next(32, 127));
        return [(byte)'"', .. filler.Where(b => b is not ((byte)'"' or (byte)'\\')), .. value[1..]];
    }
}
