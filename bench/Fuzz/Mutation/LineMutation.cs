using System.Text;

namespace Engine.Fuzzing.Mutation;

/// <summary>Changes lines and the fields in them: feature tables, lists of tracks, logs with a JSON text a line.</summary>
/// <param name="separator">What stands between the fields of a line.</param>
/// <param name="field">What changes the inside of a field or, of a log, a line; null: words alone.</param>
/// <param name="words">Fields that mean something to the parser.</param>
internal sealed class LineMutation(char separator, IMutation? field, params string[] words) : IMutation
{
    private static readonly string[] s_fields =
    [
        "", " ", "0", "-1", "1e400", "NaN", "nan", "inf", "-inf", "1,5", "1.5", "1e-320", "0x10", "9223372036854775808", "\"",
            "\"\"", "\"a\"\"b\"", "\"a\nb\"", "'", ";", "\t",
        "\0", "\u001b[31m", "#", "=1+1", "é", "e\u0301", "\ufeff", "\u2028", "../x", "a/b", "a\\b", "C:\\x", "x x",
    ];

    private readonly string[] _words = [.. s_fields, .. words];

    public byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').ToList();
        var l = random.Next(lines.Count);
        switch (random.Next(12))
        {
            case 0:
                lines.RemoveAt(l);
                break;
            case 1:
                lines.Insert(random.Next(lines.Count + 1), lines[l]);
                break;
            case 2:
                var m = random.Next(lines.Count);
                (lines[l], lines[m]) = (lines[m], lines[l]);
                break;
            case 3:
                lines[l] += random.Next(2) == 0 ? "\r" : " ";
                break;
            case 4:
                var other = Encoding.Latin1.GetString(others[random.Next(others.Count)]).Split('\n');
                lines.Insert(random.Next(lines.Count + 1), other[random.Next(other.Length)]);
                break;
            case 5 when random.Next(8) == 0:
                return Encoding.Latin1.GetBytes(string.Join('\n', lines).Replace(separator, ";\t|, "[random.Next(5)]));
            case 6 when random.Next(4) == 0:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            case 7 when random.Next(4) == 0:
                return Encoding.Latin1.GetBytes(string.Join("\r\n", lines));
            default:
                lines[l] = Fields(lines[l], others, random);
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private string Fields(string line, IReadOnlyList<byte[]> others, Random random)
    {
        if (separator == '\n')
        {
            return field is null ? Word(random) : Encoding.Latin1.GetString(field.Apply(Encoding.Latin1.GetBytes(line),
                [Encoding.Latin1.GetBytes(line)], random));
        }

        var fields = line.Split(separator).ToList();
        var f = random.Next(fields.Count);
        switch (random.Next(8))
        {
            case 0:
                fields.RemoveAt(f);
                break;
            case 1:
                fields.Insert(f, fields[random.Next(fields.Count)]);
                break;
            case 2:
                var g = random.Next(fields.Count);
                (fields[f], fields[g]) = (fields[g], fields[f]);
                break;
            case 3 when field is not null:
                fields[f] = Encoding.Latin1.GetString(field.Apply(Encoding.Latin1.GetBytes(fields[f]), others, random));
                break;
            case 4:
                fields[f] += Word(random);
                break;
            default:
                fields[f] = Word(random);
                break;
        }

        return string.Join(separator, fields);
    }

    // The text is read as Latin-1 so that every byte stays what it is; a word goes in as the bytes of its UTF-8.
    private string Word(Random random) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(_words[random.Next(_words.Length)]));
}
