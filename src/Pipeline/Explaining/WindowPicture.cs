using Engine.Classifiers;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Explaining;

/// <summary>What a model reads of a window of a recording, as the front end makes it, before any scaler.</summary>
/// <param name="Name">The feature set, such as <c>mel-frames</c>.</param>
/// <param name="Channels">Channels: three colours, or one.</param>
/// <param name="Height">Rows; one for a wave.</param>
/// <param name="Width">Columns.</param>
/// <param name="Values">The values, <c>[channels, rows, columns]</c>.</param>
/// <param name="Axes">Times in the recording, and frequencies.</param>
internal sealed record WindowPicture(string Name, int Channels, int Height, int Width, float[] Values, WindowAxes Axes)
{
    /// <summary>The pictures of a window, one for each of the model's window inputs.</summary>
    /// <exception cref="EngineException">The rows of an input are times.</exception>
    public static IReadOnlyList<WindowPicture> Of(FrontEnd frontEnd, SongWindow window)
    {
        var specs = frontEnd.Spec.Features.Parts.OfType<WindowSpec>();
        return [.. specs.Zip(window.Features.Windows, (spec, array) =>
        {
            if (spec.HasTimeFirst)
            {
                throw new EngineException($"{RecipeSummary.SetName(spec)} has frames_first: the rows of its windows are times; "
                    + "only windows with n_mels first have pictures.");
            }

            var (channels, height, width) = Extents(array.Sizes);
            var rate = spec.RateIn(frontEnd.Spec);
            var audio = window.Audio is RatedSource rated ? rated.At(rate) : window.Audio;
            return new WindowPicture(RecipeSummary.SetName(spec), channels, height, width, array.Values,
                spec.Axes(rate, (int)audio.Length, width).From(window.Start));
        })];
    }

    /// <summary>The sizes of a window or map as channels, rows and columns; a series has one row.</summary>
    public static (int Channels, int Height, int Width) Extents(IReadOnlyList<int> sizes) =>
        (sizes[0], sizes.Count == 3 ? sizes[1] : 1, sizes[^1]);
}
