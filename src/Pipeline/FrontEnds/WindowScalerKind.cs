namespace Engine.Pipeline.FrontEnds;

/// <summary>The groups over which window values are standardised to mean 0 and deviation 1.</summary>
public enum WindowScalerKind
{
    /// <summary>Values stay as they are.</summary>
    None,

    /// <summary>All values of an input together.</summary>
    All,

    /// <summary>Each channel, the first axis, separately.</summary>
    Channel,

    /// <summary>Each bin of each channel, the first two axes, separately.</summary>
    Bin,
}
