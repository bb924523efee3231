namespace Engine.Pipeline.FrontEnds;

/// <summary>What is kept of the windows of a row.</summary>
public enum WindowStatistics
{
    /// <summary>The mean of each value.</summary>
    Mean,

    /// <summary>The mean and the population deviation of each value.</summary>
    MeanDeviation,
}
