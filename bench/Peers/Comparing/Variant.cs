namespace Engine.Peers.Comparing;

/// <summary>A way in which a side can do a case.</summary>
/// <param name="side">The side.</param>
/// <param name="request">The case with its threads.</param>
internal sealed class Variant(Side side, string request)
{
    private int _calls;

    public Side Side => side;

    /// <summary>LibTorch's layout; empty for others.</summary>
    public string Layout { get; init; } = "";

    public string Name => Layout.Length == 0 ? side.Name : $"{side.Name}, {Layout}";

    /// <summary>The fastest call while it warmed up.</summary>
    public double Milliseconds { get; private set; }

    /// <summary>Warms up and finds how many calls make a sample.</summary>
    /// <exception cref="SideException">The side cannot do the case.</exception>
    public void Calibrate()
    {
        (_calls, var nanoseconds) = side.Calibrate(request);
        Milliseconds = nanoseconds / 1e6;
    }

    public Sample Measure() => side.Measure(request, _calls);
}
