using System.Diagnostics;

namespace Engine.Peers;

/// <summary>What is to be timed: <c>case words,words threads</c>, as in <c>matmul 512,512,512,n 2</c>.</summary>
/// <param name="Kind">The case.</param>
/// <param name="Words">Names and sizes.</param>
/// <param name="Threads">How many threads may work.</param>
internal sealed record CaseRequest(string Kind, string[] Words, int Threads)
{
    /// <summary>The words that are numbers.</summary>
    public int[] Sizes { get; } = [.. Words.Where(w => int.TryParse(w, out _)).Select(int.Parse)];

    public string First => Words[0];

    public string Last => Words[^1];

    public ArgumentException Unknown() => new($"no case is called '{Kind} {string.Join(',', Words)}'");
}

/// <summary>A case with its operands, ready to be timed.</summary>
internal interface IPeerCase : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Call();
}

/// <summary>
/// The side of a comparison that answers: each line <c>case words threads calls</c> with the nanoseconds that so many calls
/// took, or with <c>error</c> and a message; <c>drop</c> frees the operands of the last case.
/// </summary>
internal sealed class CaseServer(Func<CaseRequest, IPeerCase> prepare)
{
    private string _name = "";
    private IPeerCase? _current;

    /// <summary>Called before each measurement with the number of threads.</summary>
    public Action<int> SetThreads { get; init; } = _ => { };

    /// <summary>Waits until the device has done what was queued.</summary>
    public Action Wait { get; init; } = () => { };

    /// <summary>Called when a case's operands have been freed.</summary>
    public Action Freed { get; init; } = () => { };

    /// <summary>Answers questions of two words; null: it is a case.</summary>
    public Func<string, double?> Fact { get; init; } = _ => null;

    /// <summary>Writes what this side is, then serves until standard input ends.</summary>
    public void Serve(string version)
    {
        Console.WriteLine(version);
        while (Console.ReadLine() is { } line)
        {
            try
            {
                Console.WriteLine(Answer(line));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Drop();
                var cause = e.GetBaseException();
                Console.WriteLine($"error {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
            }
        }

        Drop();
    }

    private double Answer(string line)
    {
        if (Fact(line) is { } fact) return fact;
        var words = line.Split(' ');
        if (words is ["drop"])
        {
            Drop();
            return 0;
        }

        var name = string.Join(' ', words[..3]);
        SetThreads(int.Parse(words[2]));
        if (_current is null || name != _name)
        {
            Drop();
            _current = prepare(new(words[0], words[1].Split(','), int.Parse(words[2])));
            _name = name;
        }

        Wait();
        var start = Stopwatch.GetTimestamp();
        for (var calls = int.Parse(words[3]); calls > 0; calls--) _current.Call();
        Wait();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private void Drop()
    {
        _current?.Dispose();
        _current = null;
        Freed();
    }
}
