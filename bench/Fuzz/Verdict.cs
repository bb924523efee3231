using System.Diagnostics;

namespace Engine.Fuzzing;

/// <summary>What became of a case.</summary>
/// <param name="Shape">The outcome without the values in it: equal for cases that went the same way.</param>
/// <param name="Fault">What is wrong; null if nothing is.</param>
/// <param name="Key">Equal for cases with the same fault.</param>
internal sealed record Verdict(string Shape, string? Fault = null, string Key = "")
{
    /// <summary>The shape of what was read.</summary>
    public const string Accepted = "accepted";

    /// <summary>What one case may take of the processor's time, in seconds.</summary>
    public const double MostSeconds = 2;

    /// <summary>Runs one case and holds it against the target's promises.</summary>
    /// <param name="target">What is tried.</param>
    /// <param name="bytes">The input.</param>
    /// <param name="mostSeconds">The processor time it may take; infinite where other threads use the processor, too.</param>
    public static Verdict Of(Target target, byte[] bytes, double mostSeconds = MostSeconds)
    {
        var start = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        var before = GC.GetAllocatedBytesForCurrentThread();
        object? parsed = null;
        Exception? thrown = null;
        try
        {
            parsed = target.Parse(bytes);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var said = target.InputName is { } input ? thrown?.Message.Replace(input, "", StringComparison.Ordinal) : thrown?.Message;
        var shape = said is null ? Accepted : $"{thrown!.GetType().Name}: {Shapes.Of(said)}";
        // A loaded machine takes its time; what counts is what the processor worked.
        if (wall > mostSeconds && (Environment.CpuUsage.TotalTime - processor).TotalSeconds is var worked && worked > mostSeconds)
        {
            return new(shape, $"{bytes.Length} bytes took {worked:0.0} s of processor time. {thrown?.Message}", $"time {shape}");
        }

        var budget = target.AllocationBase + (long)(target.AllocationPerByte * bytes.Length);
        if (allocated > budget)
        {
            return new(shape, $"{bytes.Length} bytes made it allocate {allocated}; the budget is {budget}. {thrown}",
                $"memory {shape}");
        }

        if (thrown is not null) return OfException(target, thrown, shape);
        if (parsed is null) return new(shape);
        try
        {
            target.Check(parsed);
            return new(shape);
        }
        catch (PropertyException e)
        {
            return new(shape, e.Message, $"property {Shapes.Of(e.Message)}");
        }
        catch (Exception e)
        {
            return new(shape, $"what was accepted cannot be used: {e}", $"use {Place(e)}");
        }
    }

    private static Verdict OfException(Target target, Exception thrown, string shape)
    {
        if (!target.IsDocumented(thrown)) return new(shape, $"not documented: {thrown}", $"exception {Place(thrown)}");
        var message = thrown.Message;
        if (message.Length > target.LongestMessage)
        {
            return new(shape, $"a message of {message.Length} characters: {message[..200]}…", $"length {Place(thrown)}");
        }

        if (message.Length == 0) return new(shape, $"no message: {thrown}", $"empty {Place(thrown)}");
        if (target.InputName is { } name && !message.Contains(name, StringComparison.Ordinal))
        {
            return new(shape, $"the message does not name the input: {message}", $"name {Place(thrown)}");
        }

        return new(shape);
    }

    // The exception and the first place of ours that it came from.
    private static string Place(Exception e)
    {
        var frames = new StackTrace(e).GetFrames();
        var ours = frames.Select(f => f.GetMethod()).FirstOrDefault(m =>
            m?.DeclaringType?.FullName?.StartsWith("Engine.", StringComparison.Ordinal) == true);
        return $"{e.GetType().Name} in {ours?.DeclaringType?.Name}.{ours?.Name}";
    }
}
