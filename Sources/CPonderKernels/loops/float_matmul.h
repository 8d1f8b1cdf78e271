// Products with float weights, one inclusion per storage: MATMUL its kernel, TILE its tile, WEIGHT its element,
// LOAD and LOAD_PART its loads.
//
// Each element of the product is one chain of LANES interleaved sums down the columns and a tree at the end. A tile
// only runs several such chains side by side, so no bit depends on its size or on the place of a row in it.

INLINE void TILE(float *out, size_t out_stride, const float *x, const WEIGHT *w, size_t columns, const int m_count,
                 const int r_count) {
  vf sums[COUNT_TILE][ROW_TILE] = {0};
  size_t c = 0;
  for (; c + LANES <= columns; c += LANES) {
    vf weights[ROW_TILE];
    for (int r = 0; r < r_count; r++) weights[r] = LOAD(w + (size_t)r * columns + c);
    for (int m = 0; m < m_count; m++) {
      vf activations = load(x + (size_t)m * columns + c);
      for (int r = 0; r < r_count; r++) sums[m][r] = fma_lanes(activations, weights[r], sums[m][r]);
    }
  }
  if (c < columns)
    for (int m = 0; m < m_count; m++)
      for (int r = 0; r < r_count; r++)
        sums[m][r] = fma_lanes(load_part(x + (size_t)m * columns + c, columns - c),
                               LOAD_PART(w + (size_t)r * columns + c, columns - c), sums[m][r]);
  for (int m = 0; m < m_count; m++)
    for (int r = 0; r < r_count; r++) out[(size_t)m * out_stride + (size_t)r] = total(sums[m][r]);
}

static void K(MATMUL)(float *out, size_t out_stride, const float *x, size_t count, const void *weights, size_t rows,
                      size_t columns) {
  const WEIGHT *w = weights;
  // As many rows of x as stay in the second cache; the weights of a call, a tile of outputs, are then there too or in
  // the third.
  for (size_t first = 0; first < count; first += FLOAT_BLOCK) {
    size_t last = first + FLOAT_BLOCK < count ? first + FLOAT_BLOCK : count, r = 0;
    // Weights outside, so that their tile is read from memory once and met by every row of x from the cache.
    for (; r + ROW_TILE <= rows; r += ROW_TILE) {
      const WEIGHT *panel = w + r * columns;
      for (size_t m = first; m < last; m += COUNT_TILE) {
        size_t tile = last - m < COUNT_TILE ? last - m : COUNT_TILE;
        float *to = out + m * out_stride + r;
        const float *from = x + m * columns;
        switch (tile) {
        case 1: TILE(to, out_stride, from, panel, columns, 1, ROW_TILE); break;
        case 2: TILE(to, out_stride, from, panel, columns, 2, ROW_TILE); break;
        case 3: TILE(to, out_stride, from, panel, columns, 3, ROW_TILE); break;
#if COUNT_TILE > 4
        case 4: TILE(to, out_stride, from, panel, columns, 4, ROW_TILE); break;
        case 5: TILE(to, out_stride, from, panel, columns, 5, ROW_TILE); break;
#endif
        default: TILE(to, out_stride, from, panel, columns, COUNT_TILE, ROW_TILE);
        }
      }
    }
    for (; r < rows; r++)
      for (size_t m = first; m < last; m++)
        TILE(out + m * out_stride + r, out_stride, x + m * columns, w + r * columns, columns, 1, 1);
  }
}

#undef MATMUL
#undef TILE
#undef WEIGHT
#undef LOAD
#undef LOAD_PART
