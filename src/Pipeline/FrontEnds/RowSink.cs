namespace Engine.Pipeline.FrontEnds;

/// <summary>Takes the rows of a recording as they are extracted.</summary>
/// <param name="Take">Called with each part's rows in order, and the number of rows of all parts.</param>
/// <param name="Batch">
/// How many rows it uses at once. Parts are whole batches, so that batches, and therefore the bits, are those of all rows
/// together.
/// </param>
internal sealed record RowSink(Action<FeatureRows, int> Take, int Batch);
