using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Recipes;

/// <summary>Whether the parts of a recipe that handle windows fit the feature set.</summary>
internal static class WindowCheck
{
    /// <summary>Throws where a classifier, scaler or augmentation cannot take what the front end gives.</summary>
    public static void Validate(Recipe recipe, RangeCheck check)
    {
        var features = recipe.FrontEnd.Features;
        if (recipe.Classifier is TabularOptions && features.HasWindows)
        {
            if (features.Parts.Count > 1)
                check.Fail("$.front_end.features.set", "joined",
                    "only a network reads windows beside other features; this classifier takes plain columns, or one set of "
                        + "windows");
            if (recipe.WindowScaler != WindowScalerKind.None)
                check.Fail("$.window_scaler", recipe.WindowScaler.ToString().ToLowerInvariant(),
                    "it must be none: to this classifier a window's values are columns, which scaler scales");
        }

        if (recipe.WindowScaler != WindowScalerKind.None) CheckScaler(recipe.WindowScaler, features, check);
        if (recipe.Classifier is NetworkSpec { Augmentation: { } augmentation }) CheckAugmentation(augmentation, features, check);
    }

    private static void CheckScaler(WindowScalerKind kind, FeatureSpec features, RangeCheck check)
    {
        var name = kind.ToString().ToLowerInvariant();
        if (!features.HasWindows)
            check.Fail("$.window_scaler", name, "it must be none, as the feature set gives plain columns and no windows");
        if (kind == WindowScalerKind.Bin && features.Parts.Any(p => p is Wave))
            check.Fail("$.window_scaler", name, "a wave has no bins; use all or channel");
        if (kind == WindowScalerKind.Bin && HasTimeFirst(features))
            check.Fail("$.window_scaler", name, "with frames_first the rows of a window are times, not bins; use all or channel");
    }

    private static void CheckAugmentation(AugmentationSpec augmentation, FeatureSpec features, RangeCheck check)
    {
        const string At = "$.classifier.augmentation";
        if (!features.HasWindows) check.Fail(At, "an object", "it must be null, as the feature set gives no windows to change");
        if (augmentation.FrequencyMask > 0 && features.Parts.Any(p => p is Wave))
            check.Fail($"{At}.frequency_mask", augmentation.FrequencyMask, "a wave has no bins; it must be 0");
        if (augmentation.GainDb > 0 && features.Parts.OfType<WindowSpec>().Any(w => w.Gain(0) is null))
        {
            check.Fail($"{At}.gain_db", augmentation.GainDb,
                "it must be 0: the level of mfcc-frames, mel-picture, and mel-frames with log_offset cannot be changed later");
        }

        if (!HasTimeFirst(features)) return;
        foreach (var (key, value) in new[]
            {
                ("crop", augmentation.Crop), ("time_mask", augmentation.TimeMask), ("frequency_mask", augmentation.FrequencyMask),
            })
        {
            if (value > 0)
                check.Fail($"{At}.{key}", value, "it must be 0: with frames_first the rows of a window are times, not bins");
        }
    }

    private static bool HasTimeFirst(FeatureSpec features) => features.Parts.OfType<WindowSpec>().Any(w => w.HasTimeFirst);
}
