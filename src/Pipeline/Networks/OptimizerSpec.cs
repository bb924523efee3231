using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Nn.Optimizers;

namespace Engine.Pipeline.Networks;

/// <summary>Which optimiser, and its parameters; formulas and defaults are PyTorch's.</summary>
/// <param name="LearningRate">The step size that a schedule starts from.</param>
/// <param name="WeightDecay">λ of weight decay.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SgdSpec), "sgd")]
[JsonDerivedType(typeof(AdamSpec), "adam")]
[JsonDerivedType(typeof(AdamWSpec), "adamw")]
[JsonDerivedType(typeof(AdamaxSpec), "adamax")]
[JsonDerivedType(typeof(NAdamSpec), "nadam")]
[JsonDerivedType(typeof(AdagradSpec), "adagrad")]
[JsonDerivedType(typeof(RmsPropSpec), "rmsprop")]
public abstract record OptimizerSpec(double LearningRate, double WeightDecay)
{
    /// <summary>How many numbers it keeps for each weight.</summary>
    internal abstract int States { get; }

    /// <summary>Makes the optimiser of some parameters, limiting gradients by length and by value where asked to.</summary>
    internal abstract Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue);

    /// <summary>Throws where a parameter has a value that cannot work; <paramref name="at"/> is the spec's JSON path.</summary>
    internal virtual void Validate(string at, RangeCheck check)
    {
        check.Positive($"{at}.learning_rate", LearningRate);
        check.NotNegative($"{at}.weight_decay", WeightDecay);
    }
}

/// <summary>Stochastic gradient descent.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">How much of the last step's direction stays.</param>
/// <param name="Nesterov">Whether to look ahead along the momentum.</param>
/// <param name="WeightDecay">λ of weight decay, a part of the gradient.</param>
public sealed record SgdSpec(double LearningRate, double Momentum = 0, bool Nesterov = false, double WeightDecay = 0) : OptimizerSpec(LearningRate, WeightDecay)
{
    internal override int States => Momentum == 0 ? 0 : 1;

    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) =>
        new Sgd(parameters, LearningRate) { Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay, ClipNorm = clipNorm, ClipValue = clipValue };

    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.Fraction($"{at}.momentum", Momentum);
        if (Nesterov && Momentum == 0) check.Fail($"{at}.nesterov", "true", "it needs a momentum above 0");
    }
}

/// <summary>What Adam and its kin share.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">How much of the running mean of gradients stays at each step.</param>
/// <param name="Beta2">How much of the running size of gradients stays at each step.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay.</param>
public abstract record AdamFamilySpec(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay) : OptimizerSpec(LearningRate, WeightDecay)
{
    internal override int States => 2;

    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.Fraction($"{at}.beta1", Beta1);
        check.Fraction($"{at}.beta2", Beta2);
        check.NotNegative($"{at}.epsilon", Epsilon);
    }
}

/// <summary>Adam; weight decay is a part of the gradient.</summary>
/// <inheritdoc cref="AdamFamilySpec"/>
public sealed record AdamSpec(double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0)
    : AdamFamilySpec(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) =>
        new Adam(parameters, LearningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay, ClipNorm = clipNorm, ClipValue = clipValue };
}

/// <summary>Adam with weight decay apart from the gradient.</summary>
/// <inheritdoc cref="AdamFamilySpec"/>
public sealed record AdamWSpec(double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0.01)
    : AdamFamilySpec(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) =>
        new AdamW(parameters, LearningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay, ClipNorm = clipNorm, ClipValue = clipValue };
}

/// <summary>Adam with the maximum norm.</summary>
/// <inheritdoc cref="AdamFamilySpec"/>
public sealed record AdamaxSpec(double LearningRate = 2e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0)
    : AdamFamilySpec(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) =>
        new Adamax(parameters, LearningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay, ClipNorm = clipNorm, ClipValue = clipValue };
}

/// <summary>Adam with Nesterov momentum.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">How much of the running mean of gradients stays at each step, once warmed up.</param>
/// <param name="Beta2">How much of the running size of gradients stays at each step.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="MomentumDecay">How fast beta1 warms up.</param>
/// <param name="WeightDecay">λ of weight decay, a part of the gradient.</param>
public sealed record NAdamSpec(double LearningRate = 2e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double MomentumDecay = 4e-3, double WeightDecay = 0)
    : AdamFamilySpec(LearningRate, Beta1, Beta2, Epsilon, WeightDecay)
{
    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) => new NAdam(parameters, LearningRate)
    {
        Beta1 = Beta1,
        Beta2 = Beta2,
        Epsilon = Epsilon,
        MomentumDecay = MomentumDecay,
        WeightDecay = WeightDecay,
        ClipNorm = clipNorm,
        ClipValue = clipValue,
    };

    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.NotNegative($"{at}.momentum_decay", MomentumDecay);
    }
}

/// <summary>Step sizes that shrink with the sum of squared gradients.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay, a part of the gradient.</param>
public sealed record AdagradSpec(double LearningRate = 1e-2, double Epsilon = 1e-10, double WeightDecay = 0) : OptimizerSpec(LearningRate, WeightDecay)
{
    internal override int States => 1;

    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) =>
        new Adagrad(parameters, LearningRate) { Epsilon = Epsilon, WeightDecay = WeightDecay, ClipNorm = clipNorm, ClipValue = clipValue };

    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.NotNegative($"{at}.epsilon", Epsilon);
    }
}

/// <summary>Step sizes by the running mean of squared gradients.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Decay">How much of the running mean stays at each step (PyTorch's <c>alpha</c>).</param>
/// <param name="Momentum">How much of the last step's direction stays.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
/// <param name="WeightDecay">λ of weight decay, a part of the gradient.</param>
public sealed record RmsPropSpec(double LearningRate = 1e-2, double Decay = 0.99, double Momentum = 0, double Epsilon = 1e-8, double WeightDecay = 0) : OptimizerSpec(LearningRate, WeightDecay)
{
    internal override int States => Momentum == 0 ? 1 : 2;

    internal override Optimizer Create(IEnumerable<Parameter> parameters, double? clipNorm, double? clipValue) => new RmsProp(parameters, LearningRate)
    {
        Decay = Decay,
        Momentum = Momentum,
        Epsilon = Epsilon,
        WeightDecay = WeightDecay,
        ClipNorm = clipNorm,
        ClipValue = clipValue,
    };

    internal override void Validate(string at, RangeCheck check)
    {
        base.Validate(at, check);
        check.Fraction($"{at}.decay", Decay);
        check.Fraction($"{at}.momentum", Momentum);
        check.NotNegative($"{at}.epsilon", Epsilon);
    }
}
