using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu;

/// <summary>
/// Makes errors of a driver's statuses. Some say that the device itself is gone, with all that it held (a kernel that
/// crashed, memory that failed, a GPU that was reset): the first of these stays, and every later call fails with its message.
/// </summary>
/// <param name="device">What the errors name.</param>
/// <param name="nameOf">A status as the interface's manual calls it.</param>
/// <param name="isFatal">Whether nothing works after this status.</param>
internal sealed class DriverStatus(GpuDeviceInfo device, Func<int, string> nameOf, Func<int, bool> isFatal)
{
    private volatile string? _lost;

    /// <summary>Whether the device is gone.</summary>
    public bool IsLost => _lost is not null;

    /// <summary>Throws if the device is gone.</summary>
    public void ThrowIfLost()
    {
        if (_lost is { } reason) throw new DeviceException(reason);
    }

    /// <summary>Throws if <paramref name="status"/> is not 0.</summary>
    public void Check(int status, string call)
    {
        if (status != 0) throw Failure(status, call);
    }

    /// <summary>Throws if <paramref name="status"/> is not 0; only then the call's name is put together.</summary>
    public void Check(int status, [InterpolatedStringHandlerArgument(nameof(status))] ref StatusMessage call)
    {
        if (status != 0) throw Failure(status, call.ToString());
    }

    /// <summary>The device was closed: calls from now on are errors.</summary>
    public void Close() => _lost ??= $"{device.Name}: the device was closed.";

    private DeviceException Failure(int status, string call)
    {
        var failure = $"{call}: {nameOf(status)} ({status})";
        if (!isFatal(status)) return new($"{device.Name}: {failure}.");

        // Commands fail after they were queued: the call that says so need not be the one to blame.
        _lost ??= $"{device.Name}: {device.Model} was lost, with what it held ({failure}, or a command before it).\nStart "
            + "the program again, or use --device cpu.";
        return new(_lost);
    }
}
