namespace Engine.Classifiers.Trees;

/// <summary>
/// A measure of how pure a node is, in a form that can be updated row by row: each class's weight contributes a term, and the sum
/// of terms and the node's weight yield a score. The larger the sum of the children's scores, the purer they are; that sum minus
/// the parent's score is the weighted decrease in impurity.
/// </summary>
internal interface ICriterion
{
    /// <summary>The contribution of one class's weight.</summary>
    static abstract double Term(double weight);

    /// <summary>
    /// The score of a node whose terms sum to <paramref name="terms"/> and whose weights sum to <paramref name="weight"/>.
    /// </summary>
    static abstract double Score(double terms, double weight);
}

/// <summary>Gini: Σw²/W, which is W·(1 - impurity).</summary>
internal readonly struct Gini : ICriterion
{
    public static double Term(double weight) => weight * weight;

    public static double Score(double terms, double weight) => terms / weight;
}

/// <summary>Entropy: Σw·log w - W·log W, which is -W·entropy in nats.</summary>
internal readonly struct Entropy : ICriterion
{
    // Fractional weights may leave a rounding residue, even a negative one, where nothing is left.
    public static double Term(double weight) => weight > 0 ? weight * Math.Log(weight) : 0;

    public static double Score(double terms, double weight) => terms - Term(weight);
}
