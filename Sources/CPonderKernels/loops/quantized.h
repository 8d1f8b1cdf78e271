// Products of weights and activations in 8 bits, and the way there and back.

static void K(dequantize)(float *out, const int8_t *q, const float *scale, const float *offset, size_t columns) {
  for (size_t c = 0; c < columns; c++) out[c] = scale[c / PK_GROUP] * (float)q[c] - offset[c / PK_GROUP];
}

// 32 neighbours to the nearest of 255 steps; gives the size of a step.
INLINE float quantize_group(int8_t *q, const float *x) {
  // As integers, magnitudes keep their order, and infinity and NaN are above all others.
  vi largest = {0};
  for (int i = 0; i < 32; i += LANES)
    largest = __builtin_elementwise_max(largest, (vi)load(x + i) & 0x7fffffff);
  int32_t bits = __builtin_reduce_max(largest);
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  int zero = magnitude < 0x1p-100f;
  float inverse = zero ? 0 : 127.0f / magnitude, step = zero ? 0 : magnitude / 127.0f;
  // Adding 1.5·2²³ rounds to nearest even and leaves a byte in the low bits, defined for NaN too.
  for (int i = 0; i < 32; i += LANES) {
    vi shifted = (vi)fma_lanes(load(x + i), splat(inverse), splat(12582912.0f));
    *(vb_unaligned *)(q + i) = __builtin_convertvector(shifted, vb);
  }
  return bits < 0x7f800000 ? step : __builtin_nanf("");
}

INLINE int sum_of_group(const int8_t *q) {
  typedef int8_t bytes __attribute__((vector_size(PK_GROUP), aligned(1), may_alias));
  typedef int16_t words __attribute__((vector_size(2 * PK_GROUP)));
  return __builtin_reduce_add(__builtin_convertvector(*(const bytes *)q, words));
}

static void K(quantize)(int8_t *q, float *scale, float *sum, const float *x, size_t n) {
  for (size_t c = 0; c + 32 <= n; c += 32) {
    float step = quantize_group(q + c, x + c);
    for (size_t g = c / PK_GROUP; g < c / PK_GROUP + 2; g++) {
      scale[g] = step;
      sum[g] = step * (float)sum_of_group(q + g * PK_GROUP);
    }
  }
}

// As GGML's Q4_0: the element of largest magnitude becomes −8, so that all sixteen values are used.
static void K(quantize_four)(int8_t *q, float *scale, const float *x, size_t n) {
  for (size_t c = 0; c + 32 <= n; c += 32) {
    float largest = 0, probe = 0;
    for (int i = 0; i < 32; i++) {
      if (__builtin_fabsf(x[c + i]) > __builtin_fabsf(largest)) largest = x[c + i];
      probe += x[c + i] * 0.0f;
    }
    int zero = __builtin_fabsf(largest) < 0x1p-100f;
    float step = zero ? 0 : largest / -8, inverse = zero ? 0 : -8 / largest;
    for (int i = 0; i < 32; i++) {
      float nearest = probe == 0 ? x[c + i] * inverse + 8.5f : 8;
      q[c + i] = (int8_t)((nearest < 15 ? (int)nearest : 15) - 8);
    }
    scale[c / PK_GROUP] = scale[c / PK_GROUP + 1] = probe == 0 ? step : __builtin_nanf("");
  }
}

static void K(quantize_packed)(int8_t *q, float *scale, int32_t *sum, const float *x, size_t n) {
  for (size_t c = 0; c + 32 <= n; c += 32) {
    scale[c / 32] = quantize_group(q + c, x + c);
    for (size_t g = c / PK_GROUP; g < c / PK_GROUP + 2; g++) sum[g] = sum_of_group(q + g * PK_GROUP);
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
