namespace Engine.Nn.Training;

/// <summary>A training that cannot go on: its loss or its weights are not finite any more. The message says where that began.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error with the line to show.</summary>
    public TrainingException(string message) : base(message)
    {
    }

    /// <summary>An error with the line to show and what caused it.</summary>
    public TrainingException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
