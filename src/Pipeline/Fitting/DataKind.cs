using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Fitting;

/// <summary>What the data of a training are.</summary>
internal enum DataKind
{
    /// <summary>A folder with one sub-folder of recordings per genre.</summary>
    Folder,

    /// <summary>A table that names recordings.</summary>
    Manifest,

    /// <summary>A feature table.</summary>
    Table,
}

/// <summary>Tells what the data are.</summary>
internal static class DataKinds
{
    // So many rows of a table are looked at to see whether they name recordings.
    private const int Looked = 100;

    /// <summary>
    /// The kind of the data. A table with the front end's columns is a feature table; one that names recordings, if none of its
    /// first rows names a file that is missing, or the user says so, is a manifest.
    /// </summary>
    /// <exception cref="EngineException">There are no such data, or they do not fit the front end or the options.</exception>
    public static DataKind Of(string data, FrontEnd frontEnd, DataOptions options)
    {
        if (Directory.Exists(data))
        {
            if (options.Given().FirstOrDefault().Option is { } useless)
                throw new EngineException($"{data}: is a folder, whose sub-folders are the genres; leave {useless} out.");
            return frontEnd.Spec.Features is TableFeatures ? throw NotAudio(data) : DataKind.Folder;
        }

        if (!File.Exists(data)) throw new EngineException($"{data}: no such folder or feature table.");
        if (!TableText.IsName(data))
        {
            throw new EngineException($"{data}: expected a folder with one sub-folder of audio files per genre, or a feature " +
                "table ending in .csv, or a manifest of recordings, also .csv or .tsv.");
        }

        if (options.GenresAt != GenresAt.Auto)
        {
            throw new EngineException($"{data}: is a table, whose genres are in a column; leave --genres-at out.");
        }

        var kind = OfTable(data, frontEnd, options);
        if (kind == DataKind.Manifest && frontEnd.Spec.Features is TableFeatures) throw NotAudio(data);
        if (kind == DataKind.Manifest && (options.Labels is not null || options.Missing != MissingValues.Fail))
        {
            throw new EngineException($"{data}: names recordings; {(options.Labels is not null ? "--labels" : "--missing")} is " +
                "for feature tables; leave it out.");
        }

        return kind;
    }

    private static DataKind OfTable(string data, FrontEnd frontEnd, DataOptions options)
    {
        var audio = options.PathColumn is not null ? "--path-column" : options.Root is not null ? "--root" : null;
        if (audio is not null && options.Columns is not null)
        {
            throw new EngineException($"{data}: {audio} is for manifests of recordings and --columns for feature tables; leave " +
                "one of them out.");
        }

        if (audio is not null) return DataKind.Manifest;
        if (frontEnd.Spec.Features is TableFeatures) return DataKind.Table;
        if (frontEnd.WindowSizes.Count == 0 && FeatureTable.HasColumn(data, frontEnd.Columns)) return DataKind.Table;
        if (ManifestReader.NamesRecordings(data, options, Looked, out var missing)) return DataKind.Manifest;
        if (frontEnd.WindowSizes.Count > 0)
        {
            throw new EngineException($"{data}: a feature table holds plain columns, but this recipe reads windows of audio; " +
                "name the folder of the recordings, or a manifest" +
                (missing is null ? "." : $" (as one, it names {missing}, which does not exist; --root says where to look)."));
        }

        // Neither: the missing files say more about a table that has not one of the columns.
        return missing is null ? DataKind.Table : DataKind.Manifest;
    }

    private static EngineException NotAudio(string data) => new($"{data}: holds recordings, but this recipe reads columns of a " +
        "feature table; name a table that has them.");
}
