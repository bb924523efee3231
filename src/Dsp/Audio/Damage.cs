using System.Globalization;

namespace Engine.Dsp.Audio;

/// <summary>
/// The policy for incomplete recordings of any format: a warning says how many seconds are missing; if more than half of the
/// declared length is missing, the file is refused.
/// </summary>
internal static class Damage
{
    /// <summary>A smaller loss is not reported: it is less than one analysis frame.</summary>
    public const double Unheard = 0.01;

    /// <summary>The share of the declared length that must be present.</summary>
    private const double NeededShare = 0.5;

    /// <summary>Compares lengths, in seconds; returns a sentence, or null if nothing significant is missing.</summary>
    /// <param name="name">The file.</param>
    /// <param name="declared">The length that the file declares.</param>
    /// <param name="decoded">The length found.</param>
    /// <param name="tolerance">The largest difference that is not a loss.</param>
    /// <param name="said">The decoder's message, if any.</param>
    /// <exception cref="AudioFormatException">More than half is missing.</exception>
    public static string? Of(string name, double declared, double decoded, double tolerance, string? said = null)
    {
        var lost = declared - decoded;
        if (lost <= tolerance) return null;
        var cause = $"it is cut short or damaged{(said is null ? "" : $" ({said})")}";
        if (decoded < NeededShare * declared)
        {
            throw new AudioFormatException(name,
                $"{Seconds(lost)} s of its {Seconds(declared)} s are missing, more than half: {cause}. Restore it or leave "
                    + "it out.");
        }

        return $"{Seconds(lost)} s of its {Seconds(declared)} s are missing: {cause}.";
    }

    private static string Seconds(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
