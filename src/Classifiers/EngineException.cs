namespace Engine.Classifiers;

/// <summary>
/// What the library throws when data, a file or a setting is not usable. The message is one or two lines for a person:
/// <c>Operation: rule, every value.</c>
/// </summary>
public class EngineException : Exception
{
    /// <summary>An error with the line to show.</summary>
    public EngineException(string message) : base(message)
    {
    }

    /// <summary>An error with the line to show and what caused it.</summary>
    public EngineException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
