using System.Text.Json;

namespace Engine.Pipeline.Checking;

/// <summary>What would spoil a training, the worst first.</summary>
internal enum FindingKind
{
    /// <summary>Files that cannot be read as audio.</summary>
    Unreadable,

    /// <summary>Recordings of which a part is missing.</summary>
    Damaged,

    /// <summary>Recordings without sound.</summary>
    Silent,

    /// <summary>Stereo that cancels out in its mean.</summary>
    OutOfPhase,

    /// <summary>Recordings of a few seconds.</summary>
    Short,

    /// <summary>Recordings that were recorded too loud.</summary>
    Clipped,

    /// <summary>Recordings that lack the upper part of the others' band.</summary>
    BandLimited,

    /// <summary>One recording in two genres.</summary>
    DuplicatesAcrossGenres,

    /// <summary>One recording under two names.</summary>
    Duplicates,

    /// <summary>Entries of a folder that are not read.</summary>
    PassedOver,

    /// <summary>Rows of a table that are not read.</summary>
    LeftOut,

    /// <summary>Genres that seem to be artists.</summary>
    ArtistsAsGenres,

    /// <summary>Genres with few tracks.</summary>
    TinyGenres,

    /// <summary>Genres of very different size.</summary>
    UnequalGenres,

    /// <summary>Genres that are mostly one artist.</summary>
    OneArtist,

    /// <summary>Columns of a table that hold one value.</summary>
    ConstantColumns,
}

/// <summary>What the kinds are called, and what to do about them.</summary>
internal static class FindingKinds
{
    /// <summary>The name in JSON.</summary>
    public static string Key(this FindingKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>The name for people.</summary>
    public static string Title(this FindingKind kind) => kind switch
    {
        FindingKind.OutOfPhase => "out of phase",
        FindingKind.BandLimited => "band-limited",
        FindingKind.ArtistsAsGenres => "artists as genres",
        _ => kind.Key().Replace('_', ' '),
    };

    /// <summary>What to do, in one sentence or two.</summary>
    public static string Advice(this FindingKind kind) => kind switch
    {
        FindingKind.Unreadable => "Restore or remove them; engine train stops at them unless --on-error skip is given.",
        FindingKind.Damaged => "Restore them from another copy; what is left of them is used.",
        FindingKind.Silent => "Remove them; a silent recording has no genre.",
        FindingKind.OutOfPhase => "Keep one channel or invert one: models hear the mean of the channels.",
        FindingKind.Short => "Remove intros, jingles and skits: a few bars say little about a song.",
        FindingKind.Clipped => "Find a better copy: clipping adds a noise that a model may take for the genre's.",
        FindingKind.BandLimited =>
            "Find a better copy, or check that they are not all of one genre: a model may learn the cut-off instead.",
        FindingKind.DuplicatesAcrossGenres => "Decide on one genre and remove the other copy.",
        FindingKind.Duplicates => "Remove all copies but one: on both sides of a split they flatter the result.",
        FindingKind.PassedOver => "Convert or move what belongs to the data; the rest does no harm.",
        FindingKind.LeftOut => "Fill in the rows that belong to the data; the rest does no harm.",
        FindingKind.ArtistsAsGenres =>
            "Name the level of the genres with --genres-at top, or make a manifest with engine scan.",
        FindingKind.TinyGenres =>
            "Add songs, merge genres or leave them out: below 10 a test has one or two of them, below 5 none can be calibrated.",
        FindingKind.UnequalGenres => "Even them out, and read macro F1 beside the accuracy: it counts each genre alike.",
        FindingKind.OneArtist => "Add other artists: a model would learn that artist. --split artists shows how much.",
        _ => "Leave them out: they tell nothing.",
    };
}
