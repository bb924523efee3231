using System.ComponentModel;

namespace Engine.Tensors.Serialization;

/// <summary>A tensor as the header of a safetensors file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type's name in the header.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Count">How many values it has.</param>
/// <param name="Begin">Its first byte, counted from the first value.</param>
/// <param name="End">The byte after its last.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct SafetensorsEntry(
    string Name, string Type, IReadOnlyList<int> Shape, int Count, long Begin, long End);
