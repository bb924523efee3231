using Engine.Classifiers;
using Engine.Classifiers.Knn;

namespace Engine.Pipeline.Recipes;

/// <summary>What recipes ask of all their classifiers.</summary>
internal static class ClassifierNeeds
{
    extension(ClassifierOptions classifier)
    {
        /// <summary>True if it trains a network, which takes too long to do again for a test.</summary>
        public bool HasNetwork => classifier switch
        {
            NetworkSpec or CustomSpec { IsNetwork: true } => true,
            EnsembleSpec ensemble => ensemble.Members.Any(m => m.Classifier.HasNetwork),
            RunsSpec runs => runs.Members.Any(m => m.Recipe.Classifier.HasNetwork),
            _ => false,
        };

        /// <summary>True if its rows are the mean and covariance of a Gaussian, not plain features.</summary>
        public bool NeedsGaussianRows => classifier switch
        {
            KnnOptions knn => knn.Metric == KnnMetric.GaussianDivergence,
            EnsembleSpec ensemble => ensemble.Members.Count > 0 && ensemble.Members.All(m => m.Classifier.NeedsGaussianRows),
            _ => false,
        };
    }
}
