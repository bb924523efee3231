using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Pickle;

/// <summary>
/// Runs a pickle, the program of a stack machine that Python's <c>pickle</c> writes, of protocols 2 to 5: plain values,
/// containers, and what <see cref="Constructors"/> allows. It executes nothing else. Each step takes constant time or, where it
/// moves values, time for each of them once, so that work and memory stay in proportion to the bytes.
/// </summary>
/// <param name="bytes">The pickle, and what may follow it.</param>
/// <param name="name">Names the file in messages.</param>
internal sealed class Unpickler(ReadOnlyMemory<byte> bytes, string name)
{

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, PickleStorage> _storages = new(StringComparer.Ordinal);
    private int _at;

    /// <summary>The numbers that it refers to, by key.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => _storages;

    /// <summary>The byte after the pickle, once it has been run.</summary>
    public int End => _at;

    /// <summary>Runs the program and returns its one value.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or names what is not allowed.</exception>
    public object? Run()
    {
        try
        {
            while (Next() is var step && step != (byte)'.')
            {
                if (!Constant(step) && !Container(step) && !Memo(step)) Call(step);
            }

            return _marks.Count == 0 && _stack.Count == 1 ? _stack[0]
                : throw new InvalidDataException($"{name}: the pickle ends with {_stack.Count} values instead of one.");
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{name}: the pickle has text before byte {_at} that is not UTF-8.", e);
        }
    }

    private bool Constant(byte step)
    {
        switch (step)
        {
            case 0x80: // PROTO
                if (Next() is var protocol and (< 2 or > 5))
                    Throw($"is of protocol {protocol}; 2 to 5 can be read");
                break;
            case 0x95: Length(8); break; // FRAME: how much to read ahead
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': Push((long)Next()); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8A: Push(Integer(Take(Next()))); break;
            case 0x8B: Push(Integer(Take(Length(4)))); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'X': Push(Text(Length(4))); break;
            case 0x8C: Push(Text(Next())); break;
            case 0x8D: Push(Text(Length(8))); break;
            // Python 2's strings.
            case (byte)'T': Push(Text(Length(4))); break;
            case (byte)'U': Push(Text(Next())); break;
            case (byte)'B': Push(Take(Length(4)).ToArray()); break;
            case (byte)'C': Push(Take(Next()).ToArray()); break;
            case 0x8E or 0x96: Push(Take(Length(8)).ToArray()); break;
            default: return false;
        }

        return true;
    }

    private bool Container(byte step)
    {
        switch (step)
        {
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopMark(); break;
            case (byte)']': Push(new List<object?>()); break;
            case (byte)')': Push(new PickleTuple([])); break;
            case (byte)'}': Push(new PickleDictionary()); break;
            case 0x8F: Push(new List<object?>()); break; // a set
            case (byte)'l' or 0x91: Push(new List<object?>(PopMark())); break;
            case (byte)'t': Push(new PickleTuple(PopMark())); break;
            case 0x85: Push(new PickleTuple(Pop(1))); break;
            case 0x86: Push(new PickleTuple(Pop(2))); break;
            case 0x87: Push(new PickleTuple(Pop(3))); break;
            case (byte)'d': Fill(new PickleDictionary(), PopMark(), push: true); break;
            case (byte)'a': Top<List<object?>>(Pop(1), "a list", out var one).AddRange(one); break;
            case (byte)'e' or 0x90: Top<List<object?>>(PopMark(), "a list", out var items).AddRange(items); break;
            case (byte)'s': Fill(Top<PickleDictionary>(Pop(2), "a dictionary", out var pair), pair); break;
            case (byte)'u': Fill(Top<PickleDictionary>(PopMark(), "a dictionary", out var pairs), pairs); break;
            default: return false;
        }

        return true;
    }

    private bool Memo(byte step)
    {
        switch (step)
        {
            case (byte)'q': _memo[Next()] = Peek(); break;
            case (byte)'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;
            case (byte)'h': Push(Recall(Next())); break;
            case (byte)'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'2': Push(Peek()); break;
            default: return false;
        }

        return true;
    }

    private void Call(byte step)
    {
        switch (step)
        {
            case (byte)'c': Push(Allowed(new PickleGlobal(Line(), Line()))); break;
            case 0x93:
                if (Pop(2) is not [string module, string global]) Throw("names something by values that are no text");
                else Push(Allowed(new PickleGlobal(module, global)));
                break;
            case (byte)'R' or 0x81: // REDUCE, NEWOBJ
                var called = Pop(2);
                if (called is not [PickleGlobal function, PickleTuple arguments]) Throw("calls something that is no function");
                else Push(Constructors.Call(function, arguments.Items) ?? Refused(function));
                break;
            case (byte)'Q': Push(Storage(Pop())); break;
            case (byte)'b': // attributes, such as a state dictionary's _metadata
                Pop();
                if (Peek() is not PickleDictionary) Throw("sets attributes of something that is no dictionary");
                break;
            default:
                Throw($"has the step 0x{step:X2} at byte {_at - 1}, which no file of tensors needs");
                break;
        }
    }

    private PickleGlobal Allowed(PickleGlobal global)
    {
        if (Constructors.Allows(global)) return global;
        throw new InvalidDataException($"{name}: its pickle names {Excerpt.Of(global.ToString())}, which is no constructor of "
            + "tensors and is not called. Save tensors alone: torch.save(model.state_dict(), \"weights.pt\").");
    }

    private object Refused(PickleGlobal function)
    {
        Throw($"calls {function} with other arguments than PyTorch writes");
        return null;
    }

    // ('storage', the class that tells the type, key, device, count), and in old files a view of another storage.
    private PickleStorage Storage(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", var kind, string key, string, long and >= 0 and var count, ..] items }
            || Constructors.StorageType(kind) is not { } type || items.Length > 6 || items is [_, _, _, _, _, not null])
        {
            Throw("refers to values outside of it in another way than PyTorch does");
            return null;
        }

        var storage = new PickleStorage(key, type, count);
        if (_storages.TryAdd(key, storage) || _storages[key] == storage) return _storages[key];
        Throw($"has two types or sizes for the numbers '{Excerpt.Of(key)}'");
        return null;
    }

    private void Fill(PickleDictionary dictionary, object?[] items, bool push = false)
    {
        if (items.Length % 2 != 0) Throw("gives a key without a value");
        for (var i = 0; i < items.Length; i += 2) dictionary.Entries.Add((items[i], items[i + 1]));
        if (push) Push(dictionary);
    }

    private T Top<T>(object?[] items, string what, out object?[] popped)
    {
        popped = items;
        if (Peek() is T container) return container;
        Throw($"puts values into something that is not {what}");
        return default;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Peek()
    {
        if (_stack.Count == Floor) Throw($"takes a value from an empty stack before byte {_at}");
        return _stack[^1];
    }

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        if (_stack.Count - count < Floor) Throw($"takes a value from an empty stack before byte {_at}");
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    // Nothing below the last mark is taken before the mark is.
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    private object?[] PopMark()
    {
        if (_marks.Count == 0) Throw($"takes a mark that was not set before byte {_at}");
        var items = Pop(_stack.Count - _marks[^1]);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    private object? Recall(long key)
    {
        if (!_memo.TryGetValue(key, out var value)) Throw($"recalls value {key}, which was not kept");
        return value;
    }

    private byte Next() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at) Throw($"ends inside a value at byte {_at}; the file is cut short or damaged");
        _at += count;
        return bytes.Span.Slice(_at - count, count);
    }

    private int Length(int size)
    {
        var length = size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4))
            : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        if (length > (ulong)(bytes.Length - _at)) Throw($"ends inside a value at byte {_at}; the file is cut short or damaged");
        return (int)length;
    }

    private static object Integer(ReadOnlySpan<byte> digits)
    {
        if (digits.Length > 8) return new PickleBigInteger();
        var value = 0L;
        for (var i = digits.Length - 1; i >= 0; i--) value = (value << 8) | digits[i];
        var spare = 64 - 8 * digits.Length;
        return digits.Length == 0 ? 0L : value << spare >> spare;
    }

    private string Text(int length) => s_utf8.GetString(Take(length));

    private string Line()
    {
        var length = bytes.Span[_at..].IndexOf((byte)'\n');
        if (length < 0) Throw($"ends inside a name at byte {_at}; the file is cut short or damaged");
        var line = Text(length);
        _at++;
        return line;
    }

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [DoesNotReturn]
    private void Throw(string rule) => throw new InvalidDataException($"{name}: the pickle {rule}.");
}
