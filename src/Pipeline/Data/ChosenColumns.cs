namespace Engine.Pipeline.Data;

/// <summary>The columns that a user chooses from a feature table; by default all that have no other part.</summary>
internal static class ChosenColumns
{
    /// <summary>The word that stands for all numeric columns.</summary>
    public const string Numeric = "numeric";

    /// <summary>Their names; null: all that have no other part.</summary>
    /// <exception cref="Classifiers.EngineException">No column is numeric, or the table cannot be read.</exception>
    public static IReadOnlyList<string>? Of(string path, DataOptions reading, Action<string>? warn) =>
        reading.Columns is [Numeric] ? FeatureTableReader.Numeric(path, reading, warn) : reading.Columns;

    /// <summary>Reads the table with these columns.</summary>
    /// <exception cref="Classifiers.EngineException">The table cannot be read, or lacks a column.</exception>
    public static FeatureTable Read(string path, DataOptions reading, bool needsLabels, Action<string>? warn) =>
        FeatureTable.Read(path, reading, Of(path, reading, warn), needsLabels, warn);
}
