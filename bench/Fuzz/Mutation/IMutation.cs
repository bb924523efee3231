namespace Engine.Fuzzing.Mutation;

/// <summary>Makes an input of another; the random numbers alone decide how.</summary>
internal interface IMutation
{
    /// <summary>The new input, or <paramref name="bytes"/> itself, changed.</summary>
    /// <param name="bytes">The input to change; it is the mutation's own.</param>
    /// <param name="others">Inputs to take parts from.</param>
    /// <param name="random">Where every choice comes from.</param>
    byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random);
}

/// <summary>One of several, each as often as its weight.</summary>
internal sealed class Mixed(params (int Weight, IMutation Mutation)[] parts) : IMutation
{
    private readonly int _sum = parts.Sum(p => p.Weight);

    public byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random)
    {
        var at = random.Next(_sum);
        foreach (var (weight, mutation) in parts)
        {
            if (at < weight) return mutation.Apply(bytes, others, random);
            at -= weight;
        }

        throw new InvalidOperationException("the weights sum to less than their sum");
    }
}

/// <summary>Opens an envelope (a checksum, a zip), changes what is inside and closes it again, so that parsers come to see
/// it.</summary>
internal sealed class Enveloped(
    Func<byte[], Random, (byte[] Content, Func<byte[], byte[]> Close)?> open, IMutation inside, IMutation outside) : IMutation
{
    public byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random)
    {
        if (random.Next(8) == 0 || open(bytes, random) is not var (content, close)) return outside.Apply(bytes, others, random);
        return close(inside.Apply(content, [content], random));
    }
}
