namespace Engine.Tensors.Distributed;

/// <summary>The ranks of a job cannot start or cannot reach each other; the message says why and what to do.</summary>
public sealed class CommunicationException : IOException
{
    /// <summary>Makes the error.</summary>
    public CommunicationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public CommunicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
