// Products with weights packed for dot products of four bytes.
//
// A panel holds 32 output channels, input group after input group; a block of it is 32 channels × 32 inputs:
//   8 bits: for each of 8 steps of 4 inputs, for each channel, 4 bytes                             1024 bytes
//   4 bits: the same with two steps in a byte, the even step in the low nibble                      512 bytes
//   scales: 32 half-precision numbers for each group of 32 or 16 inputs                             64 or 128 bytes
//   offsets, where the format has them: likewise
// weight = (scale·(stored − zero) − offset)·channel multiplier. Blocks are multiples of 64 bytes.
//
// Each sum takes the blocks in order, one fused multiply-add per group of a channel, whatever the tile.

#if defined(PK_AVX512)
// VNNI multiplies unsigned by signed bytes.
#define BYTE_ZERO 128
#define PACKED_ROWS 6
#define PACKED_VECTORS 2
#elif defined(PK_NEON)
#define BYTE_ZERO 0
#define PACKED_ROWS 4
#define PACKED_VECTORS 2
#else
#define BYTE_ZERO 0
#define PACKED_ROWS 3
#define PACKED_VECTORS 1
#endif

enum {
  PANEL = 32,
  // Inputs whose part of a panel stays in the nearest caches while a block of rows of activations passes.
  CHUNK = 1024,
  ROW_BLOCK = 96,
};

// A vector of bytes is a vector of lanes of four.
INLINE vi load_bytes(const uint8_t *p) {
  vi x;
  memcpy(&x, p, sizeof x);
  return x;
}

INLINE vi spread_word(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, 4);
  return word - (vi){0};
}

// sum[lane] += Σ of four products. Weights are 0…255 for AVX-512, −128…127 elsewhere, 0…15 in four bits; activations
// are −127…127.
INLINE vi dot_fours(vi sum, vi weights, vi activations, const int four_bits) {
#if defined(PK_AVX512)
  (void)four_bits;
  return (vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)weights, (__m512i)activations);
#elif defined(PK_AVX2)
  __m256i w = (__m256i)weights, x = (__m256i)activations;
  // Unsigned by signed again, and pairs saturate at 32767: magnitudes of weights by signed activations reach 32512.
  if (!four_bits) {
    x = _mm256_sign_epi8(x, w);
    w = _mm256_abs_epi8(w);
  }
  return sum + (vi)_mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1));
#elif defined(PK_NEON)
  (void)four_bits;
  return (vi)vdotq_s32((int32x4_t)sum, (int8x16_t)weights, (int8x16_t)activations);
#else
  (void)four_bits;
  int8_t w[4 * LANES], x[4 * LANES];
  memcpy(w, &weights, sizeof w);
  memcpy(x, &activations, sizeof x);
  for (int i = 0; i < 4 * LANES; i++) sum[i / 4] += w[i] * x[i];
  return sum;
#endif
}

INLINE vf load_scales(const uint8_t *p) {
  vh h;
  memcpy(&h, p, sizeof h);
  return widen_f16_lanes(h);
}

typedef struct {
  const int8_t *bytes;  // [count, columns]
  const float *scales;  // [count, columns / 32]
  const int32_t *sums;  // [count, columns / 16]
  size_t columns;
} packed_activations;

// Known wherever it is used, so that each layout is compiled by itself.
typedef struct {
  int four_bits;
  int halves;  // groups of scales in a block: 1 of 32 inputs or 2 of 16
  int has_offsets;
} packed_layout;

INLINE size_t block_size(packed_layout layout) {
  return (size_t)((layout.four_bits ? 512 : 1024) + 64 * layout.halves * (layout.has_offsets ? 2 : 1));
}

// `rows` rows of activations by PACKED_VECTORS vectors of channels, over the inputs from `first` to `last`.
INLINE void packed_tile(float *out, packed_activations x, const uint8_t *block, size_t first,
                        size_t last, int channel, const int rows, const packed_layout layout) {
  const int zero = layout.four_bits ? (layout.has_offsets ? 0 : 8) : BYTE_ZERO;
  const int byte_count = layout.four_bits ? 512 : 1024, scale_count = 64 * layout.halves;
  const int steps = 8 / layout.halves;
  vf sums[PACKED_ROWS][PACKED_VECTORS];
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < PACKED_VECTORS; v++)
      sums[m][v] = first == 0 ? (vf){0} : load(out + m * PANEL + v * LANES);

  for (size_t c = first; c < last; c += 32, block += block_size(layout)) {
    const uint8_t *bytes = block + 4 * channel, *scales = block + byte_count + 2 * channel;
    // Decoding waits for memory: ask for what comes two blocks later.
    if (rows == 1)
      for (int line = 0; line < byte_count * PACKED_VECTORS * LANES / PANEL; line += 64)
        __builtin_prefetch(bytes + 2 * block_size(layout) + line);
    for (int half = 0; half < layout.halves; half++) {
      int group_sums[PACKED_ROWS];
      vi dots[PACKED_ROWS][PACKED_VECTORS];
      for (int m = 0; m < rows; m++) {
        const int32_t *s = x.sums + (size_t)m * (x.columns / 16) + c / 16;
        group_sums[m] = layout.halves == 2 ? s[half] : s[0] + s[1];
        for (int v = 0; v < PACKED_VECTORS; v++) dots[m][v] = -zero * group_sums[m] - (vi){0};
      }
      for (int step = half * steps; step < (half + 1) * steps; step++) {
        vi weights[PACKED_VECTORS];
        for (int v = 0; v < PACKED_VECTORS; v++) {
          weights[v] = load_bytes(bytes + (layout.four_bits ? step / 2 : step) * 4 * PANEL + 4 * LANES * v);
          if (layout.four_bits) weights[v] = (step % 2 ? weights[v] >> 4 : weights[v]) & 0x0f0f0f0f;
        }
        for (int m = 0; m < rows; m++) {
          vi activations = spread_word(x.bytes + (size_t)m * x.columns + c + 4 * (size_t)step);
          for (int v = 0; v < PACKED_VECTORS; v++)
            dots[m][v] = dot_fours(dots[m][v], weights[v], activations, layout.four_bits);
        }
      }
      for (int v = 0; v < PACKED_VECTORS; v++) {
        vf scale = load_scales(scales + 64 * half + 2 * LANES * v);
        vf offset = layout.has_offsets ? load_scales(scales + scale_count + 64 * half + 2 * LANES * v) : (vf){0};
        for (int m = 0; m < rows; m++) {
          float step_size = x.scales[(size_t)m * (x.columns / 32) + c / 32];
          sums[m][v] = fma_lanes(__builtin_convertvector(dots[m][v], vf), scale * step_size, sums[m][v]);
          if (layout.has_offsets)
            sums[m][v] = fma_lanes(offset, splat(-(float)group_sums[m] * step_size), sums[m][v]);
        }
      }
    }
  }
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < PACKED_VECTORS; v++) store(out + m * PANEL + v * LANES, sums[m][v]);
}

// One panel and at most ROW_BLOCK rows of activations: sums [count, PANEL]. No number of rows is special: the rest of a division is a tile
// of its own.
INLINE void packed_panel(float *sums, packed_activations x, size_t count, const uint8_t *panel,
                         const packed_layout layout) {
  for (size_t first = 0; first < x.columns; first += CHUNK) {
    size_t last = first + CHUNK < x.columns ? first + CHUNK : x.columns;
    const uint8_t *block = panel + first / 32 * block_size(layout);
    for (int channel = 0; channel < PANEL; channel += PACKED_VECTORS * LANES) {
      packed_activations rest = x;
      for (size_t m = 0; m < count; m += PACKED_ROWS) {
        float *to = sums + m * PANEL + channel;
        switch (count - m) {
        case 1: packed_tile(to, rest, block, first, last, channel, 1, layout); break;
        case 2: packed_tile(to, rest, block, first, last, channel, 2, layout); break;
#if PACKED_ROWS > 3
        case 3: packed_tile(to, rest, block, first, last, channel, 3, layout); break;
#endif
#if PACKED_ROWS > 4
        case 4: packed_tile(to, rest, block, first, last, channel, 4, layout); break;
        case 5: packed_tile(to, rest, block, first, last, channel, 5, layout); break;
#endif
        default: packed_tile(to, rest, block, first, last, channel, PACKED_ROWS, layout);
        }
        rest.bytes += PACKED_ROWS * x.columns;
        rest.scales += PACKED_ROWS * (x.columns / 32);
        rest.sums += PACKED_ROWS * (x.columns / 16);
      }
    }
  }
}

INLINE void packed_product(float *out, size_t out_stride, packed_activations x, size_t count, const uint8_t *panels,
                           const float *multipliers, size_t rows, const packed_layout layout) {
  // Sums stay here between chunks: rows of `out` often lie a power of two apart and would evict each other.
  float sums[ROW_BLOCK * PANEL];
  size_t panel_size = x.columns / 32 * block_size(layout);
  for (size_t first = 0; first < count; first += ROW_BLOCK) {
    size_t block = count - first < ROW_BLOCK ? count - first : ROW_BLOCK;
    for (size_t r = 0; r < rows; r += PANEL) {
      packed_panel(sums, x, block, panels + r / PANEL * panel_size, layout);
      size_t wanted = rows - r < PANEL ? rows - r : PANEL;
      for (size_t m = 0; m < block; m++)
        K(multiply)(out + (first + m) * out_stride + r, sums + m * PANEL, multipliers + r, wanted);
    }
    x.bytes += block * x.columns;
    x.scales += block * (x.columns / 32);
    x.sums += block * (x.columns / 16);
  }
}

static void K(matmul_packed)(float *out, size_t out_stride, const int8_t *xq, const float *x_scale,
                             const int32_t *x_sum, size_t count, const void *panels, const float *multipliers,
                             int layout, size_t rows, size_t columns) {
  packed_activations x = {xq, x_scale, x_sum, columns};
  switch (layout) {
  case PK_PACKED_8: packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){0, 1, 0}); break;
  case PK_PACKED_8 | PK_PACKED_OFFSETS:
    packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){0, 1, 1});
    break;
  case PK_PACKED_8 | PK_PACKED_HALVES:
    packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){0, 2, 0});
    break;
  case PK_PACKED_8 | PK_PACKED_HALVES | PK_PACKED_OFFSETS:
    packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){0, 2, 1});
    break;
  case PK_PACKED_4: packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){1, 1, 0}); break;
  case PK_PACKED_4 | PK_PACKED_OFFSETS:
    packed_product(out, out_stride, x, count, panels, multipliers, rows, (packed_layout){1, 1, 1});
    break;
  }
}
