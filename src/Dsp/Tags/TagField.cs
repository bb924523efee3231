namespace Engine.Dsp.Tags;

/// <summary>What of a tag is read.</summary>
internal enum TagField
{
    Artist,
    AlbumArtist,
    Album,
    Title,
    Genre,
    Year,
    Track,
}
