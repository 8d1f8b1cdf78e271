// Products of weights and activations in 8 bits, and the way there and back.

static void K(dequantize)(float *out, const int8_t *q, const float *scale, const float *offset, size_t columns) {
  for (size_t c = 0; c < columns; c++) out[c] = scale[c / PK_GROUP] * (float)q[c] - offset[c / PK_GROUP];
}

static void K(quantize)(int8_t *q, float *scale, float *sum, const float *x, size_t n) {
  for (size_t c = 0; c + 32 <= n; c += 32) {
    // Any non-finite element makes the probe NaN, where a comparison would pass over it.
    vf largest = {0}, probe = {0};
    for (int i = 0; i < 32; i += LANES) {
      vf v = load(x + c + i);
      largest = larger((vf)((vi)v & 0x7fffffff), largest);
      probe += v * 0.0f;
    }
    float magnitude = 0;
    for (int lane = 0; lane < LANES; lane++) magnitude = largest[lane] > magnitude ? largest[lane] : magnitude;
    int zero = magnitude < 0x1p-100f;
    float inverse = zero ? 0 : 127.0f / magnitude, step = zero ? 0 : magnitude / 127.0f;
    if (total(probe) != 0) step = __builtin_nanf("");
    // Adding 1.5·2²³ rounds to nearest even and leaves a byte in the low bits, defined for NaN too.
    for (int i = 0; i < 32; i += LANES) {
      vf shifted = fma_lanes(load(x + c + i), splat(inverse), splat(12582912.0f));
      for (int lane = 0; lane < LANES; lane++) q[c + i + lane] = (int8_t)(((vi)shifted)[lane] & 0xff);
    }
    for (int g = 0; g < 2; g++) {
      int whole = 0;
      for (int i = 0; i < PK_GROUP; i++) whole += q[c + PK_GROUP * g + i];
      scale[c / PK_GROUP + g] = step;
      sum[c / PK_GROUP + g] = step * (float)whole;
    }
  }
}

// `rows` weight rows against one row of activations. Each sum takes the groups in order, whatever the tile.
INLINE void q8_tile(float *out, const int8_t *xq, const float *x_scale, const float *x_sum, const int8_t *wq,
                    const float *w_scale, const float *w_offset, size_t columns, const int rows) {
  size_t groups = columns / PK_GROUP;
  vf sums[4] = {0};
  for (size_t g = 0; g < groups; g += GROUPS_PER_STEP) {
    vf scale = spread_groups(x_scale + g);
    for (int r = 0; r < rows; r++) {
      vi products = dot_bytes(wq + (size_t)r * columns + g * PK_GROUP, xq + g * PK_GROUP);
      vf both = scale * spread_groups(w_scale + (size_t)r * groups + g);
      sums[r] = fma_lanes(__builtin_convertvector(products, vf), both, sums[r]);
    }
  }
  for (int r = 0; r < rows; r++) {
    float offsets = w_offset ? K(dot)(w_offset + (size_t)r * groups, x_sum, groups) : 0;
    out[r] = total(sums[r]) - offsets;
  }
}

static void K(matmul_q8)(float *out, size_t out_stride, const int8_t *xq, const float *x_scale, const float *x_sum,
                         size_t count, const int8_t *wq, const float *w_scale, const float *w_offset, size_t rows,
                         size_t columns) {
  size_t groups = columns / PK_GROUP;
  for (size_t r = 0; r < rows; r += rows - r < 4 ? 1 : 4) {
    const int8_t *panel = wq + r * columns;
    const float *scales = w_scale + r * groups, *offsets = w_offset ? w_offset + r * groups : 0;
    for (size_t m = 0; m < count; m++) {
      float *to = out + m * out_stride + r;
      const int8_t *bytes = xq + m * columns;
      const float *steps = x_scale + m * groups, *totals = x_sum + m * groups;
      if (rows - r < 4)
        q8_tile(to, bytes, steps, totals, panel, scales, offsets, columns, 1);
      else
        q8_tile(to, bytes, steps, totals, panel, scales, offsets, columns, 4);
    }
  }
}
