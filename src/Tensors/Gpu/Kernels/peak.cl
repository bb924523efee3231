// What the device's arithmetic can do at best: chains of multiply-adds that wait for nothing but themselves, sixteen to a
// work item, so that their latency is hidden. A round is one link of every chain; the sum keeps the compiler from
// dropping them.
KERNEL void multiply_adds(int rounds, ARRAY_OUT(float, result))
{
    float f = 0.999f;
    float start = (float)GLOBAL_ID(0) * 1e-6f;
    float a = start, b = start + 1.0f, c = start + 2.0f, d = start + 3.0f, e = start + 4.0f, g = start + 5.0f, h = start + 6.0f, i = start + 7.0f;
    float j = start + 8.0f, k = start + 9.0f, l = start + 10.0f, m = start + 11.0f, n = start + 12.0f, o = start + 13.0f, p = start + 14.0f, q = start + 15.0f;
    for (int round = 0; round < rounds; round++)
    {
        a = fmaf(a, f, f);
        b = fmaf(b, f, f);
        c = fmaf(c, f, f);
        d = fmaf(d, f, f);
        e = fmaf(e, f, f);
        g = fmaf(g, f, f);
        h = fmaf(h, f, f);
        i = fmaf(i, f, f);
        j = fmaf(j, f, f);
        k = fmaf(k, f, f);
        l = fmaf(l, f, f);
        m = fmaf(m, f, f);
        n = fmaf(n, f, f);
        o = fmaf(o, f, f);
        p = fmaf(p, f, f);
        q = fmaf(q, f, f);
    }

    AT(result)[GLOBAL_ID(0)] = a + b + c + d + e + g + h + i + (j + k + l + m + n + o + p + q);
}
