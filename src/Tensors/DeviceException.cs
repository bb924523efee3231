namespace Engine.Tensors;

/// <summary>
/// A device is absent, refused a request or was lost; the message is one or two lines that say which device, what it was asked
/// for and what to do. Operations on the processor keep working.
/// </summary>
public class DeviceException : Exception
{
    /// <summary>Makes the error.</summary>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public DeviceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
