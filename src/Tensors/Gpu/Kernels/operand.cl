// How the blocks of tile.cl are filled from matrices that lie in memory, for gemm.cl and gemm_tf32.cl.

// Where number e of a block lies, taken width at a time. An operand whose rows run along k is read in pieces of eight of
// k, a whole sector of memory; one whose rows run across k as it lies.
DEVICE int across_k(int e, int tile, int along_k, int width)
{
    return along_k ? e / (8 / width) % tile : e % (tile / width) * width;
}

DEVICE int within_k(int e, int tile, int along_k, int width)
{
    return along_k ? e % (8 / width) * width + e / (8 / width * tile) * 8 : e / (tile / width);
}

// Takes the block of x that begins at (row, k) into registers, with zeros beyond rows and end.
DEVICE void fetch(
    float *held, GLOBAL const float *x, int pitch, int tile, int along_k, int width, int row, int rows, int k, int end)
{
    UNROLL
    for (int i = 0; i < TILE_K * tile / ITEMS / width; i++)
    {
        int e = LOCAL_ID(0) + i * ITEMS;
        int r = row + across_k(e, tile, along_k, width), p = k + within_k(e, tile, along_k, width);
        GLOBAL const float *from = x + (along_k ? r * pitch + p : p * pitch + r);
        if (width == 1)
        {
            held[i] = r < rows && p < end ? *from : 0.0f;
            continue;
        }

        float4 v = FLOAT4(0.0f, 0.0f, 0.0f, 0.0f);
        if (r < rows && p < end) v = LOAD4(from);
        held[4 * i] = v.x;
        held[4 * i + 1] = v.y;
        held[4 * i + 2] = v.z;
        held[4 * i + 3] = v.w;
    }
}

// Puts them into LOCAL memory, k outermost.
DEVICE void place(const float *held, LOCAL_ARG float *block, int tile, int along_k, int width)
{
    UNROLL
    for (int i = 0; i < TILE_K * tile / ITEMS / width; i++)
    {
        int e = LOCAL_ID(0) + i * ITEMS;
        LOCAL_ARG float *to = block + within_k(e, tile, along_k, width) * (tile + 4) + across_k(e, tile, along_k, width);
        if (width == 1)
        {
            *to = held[i];
        }
        else if (along_k)
        {
            UNROLL
            for (int j = 0; j < 4; j++) to[j * (tile + 4)] = held[4 * i + j];
        }
        else
        {
            LOCAL_STORE4(to, FLOAT4(held[4 * i], held[4 * i + 1], held[4 * i + 2], held[4 * i + 3]));
        }
    }
}
