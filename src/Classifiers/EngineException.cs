namespace Engine.Classifiers;

/// <summary>
/// Thrown when data, a file or a setting is not usable. The message is one or two lines for a person: <c>Operation: rule, every
/// value.</c>
/// </summary>
public class EngineException : Exception
{
    /// <summary>An error with the message to show.</summary>
    public EngineException(string message) : base(message)
    {
    }

    /// <summary>An error with the message to show and its cause.</summary>
    public EngineException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
