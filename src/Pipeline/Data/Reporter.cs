namespace Engine.Pipeline.Data;

/// <summary>Hands progress to a delegate at once, on the thread that reports it.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
