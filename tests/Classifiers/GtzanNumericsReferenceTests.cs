using Engine.Classifiers.Selection;
using Engine.Tests.Support;
using static Engine.Tests.Support.GtzanReference;

namespace Engine.Tests.Classifiers;

/// <summary>Correlations, projections and clusters of the published features, against SciPy's and scikit-learn's arrays.</summary>
public class GtzanNumericsReferenceTests
{
    [GtzanFact]
    public void Correlation_GtzanRows_MatchesSciPy()
    {
        var (train, _, _) = Scaled();
        Close.Assert(Doubles("pearson"), Correlation.Pearson(train).Data, 1e-9, 0, "Pearson");
        Close.Assert(Doubles("spearman"), Correlation.Spearman(train).Data, 1e-9, 0, "Spearman");
    }
}
