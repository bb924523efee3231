namespace Engine.Pipeline.Recipes;

/// <summary>How the scores of a recipe's classifier become probabilities.</summary>
public enum CalibrationKind
{
    /// <summary>Not at all: the model gives scores, and everything that prints them says so.</summary>
    None,

    /// <summary>
    /// By a temperature and an offset for the whole model, fitted to scores of training tracks that were held out. Labels and
    /// their order stay as they are.
    /// </summary>
    Temperature,

    /// <summary>
    /// The same with a third number, by which a row's temperature depends on its largest score: where the classifier promises too
    /// much in unsure rows and too little in sure ones.
    /// </summary>
    AdaptiveTemperature,
}
