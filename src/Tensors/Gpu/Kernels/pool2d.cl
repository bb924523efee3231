// Pooling of planes: x [planes, height, width] to y [planes, output_height, output_width]. The window is compiled in
// (WINDOW_*, STRIDE_*, PAD_*), so that its loops unroll and divisions by the stride are multiplications. A work item makes
// one element of the result: neighbours in a row read neighbours.
//
// Backwards too: an element of the input's gradient looks up the windows that cover it, row by row. Scattering instead
// would need atomic additions where windows overlap, and their order is chance.

// The first and last window (or one less than the first) that cover a position.
DEVICE int first_window(int at, int window, int stride, int pad)
{
    int past = at + pad - window;
    return past < 0 ? 0 : past / stride + 1;
}

DEVICE int last_window(int at, int stride, int pad, int count)
{
    int last = (at + pad) / stride;
    return last < count ? last : count - 1;
}

// y = the maximum of each window; places, unless null, says where in its plane it stands: row · width + column. Of equals
// the first row by row; the first NaN beats every number; padding never wins, and if there is nothing else, it is -1.
KERNEL void max_pool2d(
    int n, int height, int width, int output_height, int output_width, ARRAY(float, x), ARRAY_OUT(float, y), ARRAY_OUT(int, places))
{
    EACH(i, n)
    {
        int column = (int)(i % (uint)output_width), rest = (int)(i / (uint)output_width);
        int row = rest % output_height, plane = rest / output_height;
        int top = row * STRIDE_HEIGHT - PAD_HEIGHT, left = column * STRIDE_WIDTH - PAD_WIDTH;
        GLOBAL const float *source = AT(x) + plane * height * width;
        float best = -INFINITY;
        int place = -1;
        for (int v = 0; v < WINDOW_HEIGHT; v++)
        {
            for (int u = 0; u < WINDOW_WIDTH; u++)
            {
                int r = top + v, c = left + u;
                if (r < 0 || r >= height || c < 0 || c >= width) continue;
                float candidate = source[r * width + c];
                if (place < 0 || candidate > best || (candidate != candidate && best == best))
                {
                    best = candidate;
                    place = r * width + c;
                }
            }
        }

        AT(y)[i] = best;
        if (places != 0) AT(places)[i] = place;
    }
}

// x = the sum of the gradients g of the windows in which this element won.
KERNEL void max_pool2d_gradient(
    int n, int height, int width, int output_height, int output_width, ARRAY(int, places), ARRAY(float, g), ARRAY_OUT(float, x))
{
    EACH(i, n)
    {
        int column = (int)(i % (uint)width), rest = (int)(i / (uint)width);
        int row = rest % height, plane = rest / height;
        int last_row = last_window(row, STRIDE_HEIGHT, PAD_HEIGHT, output_height);
        int last_column = last_window(column, STRIDE_WIDTH, PAD_WIDTH, output_width);
        int place = row * width + column;
        float sum = 0.0f;
        for (int r = first_window(row, WINDOW_HEIGHT, STRIDE_HEIGHT, PAD_HEIGHT); r <= last_row; r++)
        {
            int at = (plane * output_height + r) * output_width;
            for (int c = first_window(column, WINDOW_WIDTH, STRIDE_WIDTH, PAD_WIDTH); c <= last_column; c++)
            {
                if (AT(places)[at + c] == place) sum += AT(g)[at + c];
            }
        }

        AT(x)[i] = sum;
    }
}

// y = the mean of each window; padding counts as zeros.
KERNEL void average_pool2d(int n, int height, int width, int output_height, int output_width, ARRAY(float, x), ARRAY_OUT(float, y))
{
    EACH(i, n)
    {
        int column = (int)(i % (uint)output_width), rest = (int)(i / (uint)output_width);
        int row = rest % output_height, plane = rest / output_height;
        int top = row * STRIDE_HEIGHT - PAD_HEIGHT, left = column * STRIDE_WIDTH - PAD_WIDTH;
        GLOBAL const float *source = AT(x) + plane * height * width;
        float sum = 0.0f;
        for (int v = 0; v < WINDOW_HEIGHT; v++)
        {
            for (int u = 0; u < WINDOW_WIDTH; u++)
            {
                int r = top + v, c = left + u;
                if (r >= 0 && r < height && c >= 0 && c < width) sum += source[r * width + c];
            }
        }

        AT(y)[i] = sum * (1.0f / (float)(WINDOW_HEIGHT * WINDOW_WIDTH));
    }
}

// x = the sum of the shares of the windows that cover this element; a share is a gradient g over the window's size.
KERNEL void average_pool2d_gradient(
    int n, int height, int width, int output_height, int output_width, ARRAY(float, g), ARRAY_OUT(float, x))
{
    EACH(i, n)
    {
        int column = (int)(i % (uint)width), rest = (int)(i / (uint)width);
        int row = rest % height, plane = rest / height;
        int last_row = last_window(row, STRIDE_HEIGHT, PAD_HEIGHT, output_height);
        int last_column = last_window(column, STRIDE_WIDTH, PAD_WIDTH, output_width);
        float sum = 0.0f;
        for (int r = first_window(row, WINDOW_HEIGHT, STRIDE_HEIGHT, PAD_HEIGHT); r <= last_row; r++)
        {
            int at = (plane * output_height + r) * output_width;
            for (int c = first_window(column, WINDOW_WIDTH, STRIDE_WIDTH, PAD_WIDTH); c <= last_column; c++)
            {
                sum += AT(g)[at + c] * (1.0f / (float)(WINDOW_HEIGHT * WINDOW_WIDTH));
            }
        }

        AT(x)[i] = sum;
    }
}
