using System.Globalization;

namespace Engine.Dsp.Audio;

/// <summary>
/// What a recording lost. One policy for every format: a warning says how many seconds are missing; if more than half of what the
/// file declares is missing, it is refused.
/// </summary>
internal static class Damage
{
    /// <summary>A loss below this is not reported: less than a frame of any analysis.</summary>
    public const double Unheard = 0.01;

    /// <summary>The share of the declared length that must be there.</summary>
    private const double NeededShare = 0.5;

    /// <summary>Compares lengths, in seconds: a sentence, or null if nothing that matters is missing.</summary>
    /// <param name="name">The file.</param>
    /// <param name="declared">What the file says it holds.</param>
    /// <param name="decoded">What was there.</param>
    /// <param name="tolerance">A difference up to this is not a loss.</param>
    /// <param name="said">What the decoder said, if anything.</param>
    /// <exception cref="AudioFormatException">More than half is missing.</exception>
    public static string? Of(string name, double declared, double decoded, double tolerance, string? said = null)
    {
        var lost = declared - decoded;
        if (lost <= tolerance) return null;
        var cause = $"it is cut short or damaged{(said is null ? "" : $" ({said})")}";
        if (decoded < NeededShare * declared)
        {
            throw new AudioFormatException(name,
                $"{Seconds(lost)} s of its {Seconds(declared)} s are missing, more than half: {cause}. Restore it or leave it out.");
        }

        return $"{Seconds(lost)} s of its {Seconds(declared)} s are missing: {cause}.";
    }

    private static string Seconds(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
