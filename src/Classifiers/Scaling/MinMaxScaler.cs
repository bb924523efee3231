namespace Engine.Classifiers.Scaling;

/// <summary>
/// Maps every column's smallest training value to 0 and its largest to 1 (scikit-learn's <c>MinMaxScaler</c>); other rows may
/// fall outside. A range of 0 counts as 1.
/// </summary>
public sealed class MinMaxScaler : LinearScaler
{
    private protected override (double Center, double Scale) Learn(Span<double> column)
    {
        var (min, max) = (column[0], column[0]);
        foreach (var v in column) (min, max) = (Math.Min(min, v), Math.Max(max, v));
        return (min, RangeOrOne(max - min));
    }
}
