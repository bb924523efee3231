using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Selection;

/// <summary>
/// How a variable and classes go together. Classes have no order, so none of these measures depends on one: a correlation with
/// numbered labels would change with their numbering.
/// </summary>
/// <param name="Ratio">The correlation ratio η: <see cref="Correlation.Ratio"/>.</param>
/// <param name="RankRatio">
/// The same of the variable's ranks, which no monotonic transform changes; η²·(n - 1) is the H of Kruskal and Wallis.
/// </param>
/// <param name="Pearson">Pearson's r with the indicator of each class: <see cref="Correlation.WithClasses"/>.</param>
/// <param name="Spearman">Spearman's ρ with the indicator of each class.</param>
/// <param name="Mic">
/// The maximal information coefficient: <see cref="MaximalInformation.WithLabels"/>. It also sees classes that differ in spread
/// alone.
/// </param>
/// <param name="F">
/// The F of a one-way analysis of variance (<c>sklearn.feature_selection.f_classif</c>): the variance between the class means
/// over that within the classes. Infinite if no class varies; NaN if nothing varies, or there are no more rows than classes.
/// </param>
/// <param name="PValue">
/// The chance of an F at least as large if the classes had equal means, normal values and equal variances; NaN where F is.
/// </param>
public sealed record ClassAssociation(
    double Ratio, double RankRatio, double[] Pearson, double[] Spearman, double Mic, double F, double PValue)
{
    /// <summary>Measures it.</summary>
    /// <exception cref="EngineException">
    /// There are no values, the numbers of values and labels differ, the number of classes or a label is out of range, or a value
    /// is not finite.
    /// </exception>
    public static ClassAssociation Of(ReadOnlySpan<double> values, ReadOnlySpan<int> labels, int classes)
    {
        var ratio = Correlation.Ratio(values, labels, classes);
        var ranks = Ranks.Of(values);
        var (f, p) = Variance(values, ratio, labels.ToArray().Distinct().Count());
        return new(ratio, Correlation.Ratio(ranks, labels, classes), Correlation.WithClasses(values, labels, classes),
            Correlation.WithClasses(ranks, labels, classes), MaximalInformation.WithLabels(values, labels, classes), f, p);
    }

    // One-way: F is η² over the rest, each by its degrees of freedom.
    private static (double F, double PValue) Variance(ReadOnlySpan<double> values, double ratio, int present)
    {
        var (between, within) = (present - 1.0, (double)values.Length - present);
        if (between == 0 || within == 0 || values.IndexOfAnyExcept(values[0]) < 0) return (double.NaN, double.NaN);
        var (explained, rest) = (ratio * ratio, (1 - ratio) * (1 + ratio));
        return (explained / between / (rest / within), SpecialFunctions.IncompleteBeta(within / 2, between / 2, rest));
    }
}
