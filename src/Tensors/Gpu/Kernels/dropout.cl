// Dropout from a counter-based stream (Salmon, Moraes, Dror and Shaw 2011), with the same words on every device: of each
// 64 elements from 64·b on, element 64·b + 16·w + j takes word w of the Philox block counter + 16·b + j.

// result[i] = word[i] < threshold ? 0 : x[i]·factor. A work item makes one block and serves the four elements that take its
// words, 16 apart, so that the items beside it have their neighbours. 64-bit numbers come in two words, the lower first.
KERNEL void dropout(
    int blocks, int n, uint threshold, float factor, uint key0, uint key1, uint stream0, uint stream1, uint counter0, uint counter1,
    ARRAY(float, x), ARRAY_OUT(float, result))
{
    EACH(block, blocks)
    {
        uint c0 = counter0 + block, c1 = counter1 + (c0 < counter0 ? 1u : 0u), c2 = stream0, c3 = stream1;
        uint k0 = key0, k1 = key1;
        for (int round = 0; round < 10; round++)
        {
            uint high0 = mul_hi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
            uint high1 = mul_hi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
            c0 = high1 ^ c1 ^ k0;
            c1 = low1;
            c2 = high0 ^ c3 ^ k1;
            c3 = low0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        uint i = block / 16u * 64u + block % 16u;
        // Cleared and not multiplied by 0, so that a dropped infinity is no NaN.
        if (i < (uint)n) AT(result)[i] = c0 < threshold ? 0.0f : AT(x)[i] * factor;
        if (i + 16u < (uint)n) AT(result)[i + 16u] = c1 < threshold ? 0.0f : AT(x)[i + 16u] * factor;
        if (i + 32u < (uint)n) AT(result)[i + 32u] = c2 < threshold ? 0.0f : AT(x)[i + 32u] * factor;
        if (i + 48u < (uint)n) AT(result)[i + 48u] = c3 < threshold ? 0.0f : AT(x)[i + 48u] * factor;
    }
}
