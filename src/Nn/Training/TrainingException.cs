namespace Engine.Nn.Training;

/// <summary>Training cannot continue: the loss or the weights are no longer finite. The message says where that began.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates an error with this message.</summary>
    public TrainingException(string message) : base(message)
    {
    }

    /// <summary>Creates an error with this message and cause.</summary>
    public TrainingException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
