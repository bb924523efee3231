namespace Engine.Pipeline.FrontEnds;

/// <summary>What the values of windows are standardised over, to mean 0 and deviation 1.</summary>
public enum WindowScalerKind
{
    /// <summary>Left as they are.</summary>
    None,

    /// <summary>All values of an input together.</summary>
    All,

    /// <summary>Each channel, the first axis, by itself.</summary>
    Channel,

    /// <summary>Each bin of each channel, the first two axes, by itself.</summary>
    Bin,
}
