// Products with weights packed for dot products of a word: four bytes, or two where they are widened to 16 bits.
//
// A panel holds 32 output channels, input group after input group; a block of it is 32 channels × 32 inputs:
//   8 bits: for each word of inputs, for each channel, its 4 (AVX2: 2) bytes                       1024 bytes
//   4 bits: for each two words of 4 inputs, for each channel, 4 bytes, the first word in the low nibbles 512 bytes
//   scales: 32 half-precision numbers for each group of 32 or 16 inputs                             64 or 128 bytes
//   offsets, where the format has them: likewise
// weight = (scale·(stored − zero) − offset)·channel multiplier. Blocks are multiples of 64 bytes.
//
// Each sum takes the blocks in order, one fused multiply-add per group of a channel, whatever the tile.
//
// AVX2 multiplies bytes only into 16 bits, pair by pair, with saturation. Bytes times bytes are therefore widened first:
// weights as they are loaded, activations once for every chunk. Taking magnitudes of weights and giving their signs to
// the activations instead costs a multiplier's turn for each sign. In four bits, 8 pairs of at most 2 · 15 · 127 fit into
// 16 bits, and beside the even ones the zero point's 8 · Σx over 32 inputs: Σ (w − 8)·x over 16 of them less 8 · Σx over
// the others is at most 32 · 8 · 127 = 32512, whatever wrapped around on the way.

#if defined(PK_AVX512)
// VNNI multiplies unsigned by signed bytes.
#define BYTE_ZERO 128
#define PACKED_ROWS 6
#define PACKED_VECTORS 2
#elif defined(PK_AVX2)
#define BYTE_ZERO 0
#define PACKED_ROWS 4
#define PACKED_VECTORS 2
#elif defined(PK_NEON)
#define BYTE_ZERO 0
#define PACKED_ROWS 4
#define PACKED_VECTORS 2
#else
#define BYTE_ZERO 0
#define PACKED_ROWS 4
#define PACKED_VECTORS 1
#endif

#if defined(PK_AVX2)
#define INPUTS_PER_WORD 2
// Unrolled, Clang finishes one row after the other and spills what they share.
#define PACKED_STEPS _Pragma("clang loop unroll(disable)")
#else
#define INPUTS_PER_WORD 4
#define PACKED_STEPS
#endif

enum {
  PANEL = 32,
  // Inputs whose part of a panel stays in the nearest cache while a block of rows of activations passes.
  CHUNK = 512,
  ROW_BLOCK = 96,
  // Lines of the next chunk that a tile asks for in each block, at most.
  PREFETCHED_LINES = 5,
};

INLINE vi load_vector(const uint8_t *p) {
  vi x;
  memcpy(&x, p, sizeof x);
  return x;
}

// One word of each of LANES channels.
INLINE vi load_words(const uint8_t *p, const int four_bits) {
#if defined(PK_AVX2)
  if (!four_bits) return (vi)_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)p));
#endif
  (void)four_bits;
  return load_vector(p);
}

INLINE vi spread_word(const uint8_t *p) {
  int32_t word;
  memcpy(&word, p, 4);
  return word - (vi){0};
}

// The products of one group: start_dots, dot_words for each word of inputs, finish_dots. Weights are 0…255 for AVX-512,
// −128…127 elsewhere, 0…15 in four bits; activations are −127…127.

INLINE vi start_dots(int32_t start, const int four_bits) {
#if defined(PK_AVX2)
  if (four_bits) start &= 0xffff;
#endif
  (void)four_bits;
  return start - (vi){0};
}

INLINE vi dot_words(vi sum, vi weights, vi activations, const int four_bits) {
#if defined(PK_AVX512)
  (void)four_bits;
  return (vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)weights, (__m512i)activations);
#elif defined(PK_AVX2)
  __m256i w = (__m256i)weights, x = (__m256i)activations;
  if (four_bits) return (vi)_mm256_add_epi16((__m256i)sum, _mm256_maddubs_epi16(w, x));
  return sum + (vi)_mm256_madd_epi16(w, x);
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

INLINE vi finish_dots(vi sum, const int four_bits) {
#if defined(PK_AVX2)
  if (four_bits) return (vi)_mm256_madd_epi16((__m256i)sum, _mm256_set1_epi16(1));
#endif
  (void)four_bits;
  return sum;
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

// The words of activations over one chunk of inputs: [rows, stride] bytes.
typedef struct {
  const uint8_t *bytes;
  size_t stride;
} packed_words;

// Lines of a later chunk that are asked for in each block, so that memory is read while this one is computed.
typedef struct {
  const uint8_t *from;
  size_t lines;
} packed_prefetch;

// `rows` rows of activations by `vectors` vectors of channels, over the inputs from `first` to `last`.
INLINE void packed_tile(float *out, packed_activations x, packed_words words, const uint8_t *block,
                        packed_prefetch next, size_t first, size_t last, int channel, const int rows,
                        const int vectors, const packed_layout layout) {
  const int four_bits = layout.four_bits, zero = four_bits ? (layout.has_offsets ? 0 : 8) : BYTE_ZERO;
  const int byte_count = four_bits ? 512 : 1024, scale_count = 64 * layout.halves;
  // A load holds two words in four bits.
  const int width = four_bits ? 4 : INPUTS_PER_WORD, words_per_load = four_bits ? 2 : 1;
  const int loads = 32 / (width * words_per_load * layout.halves);
  vf sums[PACKED_ROWS][PANEL / LANES];
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) sums[m][v] = first == 0 ? (vf){0} : load(out + m * PANEL + v * LANES);

  for (size_t c = first; c < last; c += 32, block += block_size(layout)) {
    const uint8_t *bytes = block + width * channel, *scales = block + byte_count + 2 * channel;
    // Decoding waits for memory: ask for what comes two blocks later.
    if (rows == 1)
      for (int line = 0; line < byte_count * vectors * LANES / PANEL; line += 64)
        __builtin_prefetch(bytes + 2 * block_size(layout) + line);
    for (size_t line = 0; line < next.lines; line++) __builtin_prefetch(next.from + 64 * line, 0, 2);
    next.from += block_size(layout);
    const uint8_t *word = words.bytes + (c - first) * 4 / (size_t)width;
    for (int half = 0; half < layout.halves; half++) {
      int group_sums[PACKED_ROWS];
      vi dots[PACKED_ROWS][PANEL / LANES];
      for (int m = 0; m < rows; m++) {
        const int32_t *s = x.sums + (size_t)m * (x.columns / 16) + c / 16;
        group_sums[m] = layout.halves == 2 ? s[half] : s[0] + s[1];
        for (int v = 0; v < vectors; v++) dots[m][v] = start_dots(-zero * group_sums[m], four_bits);
      }
      PACKED_STEPS
      for (int i = 0; i < loads; i++, bytes += width * PANEL) {
        vi loaded[PANEL / LANES];
        for (int v = 0; v < vectors; v++) loaded[v] = load_words(bytes + width * LANES * v, four_bits);
        for (int part = 0; part < words_per_load; part++, word += 4) {
          vi weights[PANEL / LANES];
          for (int v = 0; v < vectors; v++)
            weights[v] = four_bits ? (part ? loaded[v] >> 4 : loaded[v]) & 0x0f0f0f0f : loaded[v];
          for (int m = 0; m < rows; m++) {
            vi activations = spread_word(word + (size_t)m * words.stride);
            for (int v = 0; v < vectors; v++) dots[m][v] = dot_words(dots[m][v], weights[v], activations, four_bits);
          }
        }
      }
      for (int v = 0; v < vectors; v++) {
        vf scale = load_scales(scales + 64 * half + 2 * LANES * v);
        vf offset = layout.has_offsets ? load_scales(scales + scale_count + 64 * half + 2 * LANES * v) : (vf){0};
        for (int m = 0; m < rows; m++) {
          float step_size = x.scales[(size_t)m * (x.columns / 32) + c / 32];
          vf products = __builtin_convertvector(finish_dots(dots[m][v], four_bits), vf);
          sums[m][v] = fma_lanes(products, scale * step_size, sums[m][v]);
          if (layout.has_offsets)
            sums[m][v] = fma_lanes(offset, splat(-(float)group_sums[m] * step_size), sums[m][v]);
        }
      }
    }
  }
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) store(out + m * PANEL + v * LANES, sums[m][v]);
}

// At most PACKED_ROWS rows of activations.
INLINE void packed_rows(float *out, packed_activations x, packed_words words, const uint8_t *block,
                        packed_prefetch next, size_t first, size_t last, int channel, size_t rows,
                        const packed_layout layout) {
#define TILE(rows) packed_tile(out, x, words, block, next, first, last, channel, rows, PACKED_VECTORS, layout)
  switch (rows) {
  case 1: TILE(1); break;
  case 2: TILE(2); break;
  case 3: TILE(3); break;
#if PACKED_ROWS > 4
  case 4: TILE(4); break;
  case 5: TILE(5); break;
#endif
  default: TILE(PACKED_ROWS);
  }
#undef TILE
}

// One chunk of a panel's inputs with some rows of activations, tile by tile.
INLINE void packed_chunk(float *sums, packed_activations x, packed_words words, size_t count, const uint8_t *block,
                         size_t first, size_t last, const packed_layout layout) {
  // Each tile asks for its part of the next chunk, which lies behind this one, or at the beginning of the next panel.
  size_t size = block_size(layout), lines = (size + 63) / 64, line = 0;
  const uint8_t *later = block + (last - first) / 32 * size;
  size_t tiles = (count + PACKED_ROWS - 1) / PACKED_ROWS * (PANEL / (PACKED_VECTORS * LANES));
  size_t share = (lines + tiles - 1) / tiles;
  // With so few tiles the processor's own prefetching keeps up, and requests would wait for each other.
  if (share > PREFETCHED_LINES) line = lines;
  for (int channel = 0; channel < PANEL; channel += PACKED_VECTORS * LANES) {
    packed_activations rest = x;
    packed_words rest_words = words;
    for (size_t m = 0; m < count; m += PACKED_ROWS, line += share) {
      packed_prefetch next = {later + 64 * line, line >= lines ? 0 : share < lines - line ? share : lines - line};
      packed_rows(sums + m * PANEL + channel, rest, rest_words, block, next, first, last, channel, count - m, layout);
      rest.scales += PACKED_ROWS * (x.columns / 32);
      rest.sums += PACKED_ROWS * (x.columns / 16);
      rest_words.bytes += PACKED_ROWS * words.stride;
    }
  }
}

// One panel and at most ROW_BLOCK rows of activations: sums [count, PANEL]. No number of rows is special: the rest of a
// division is a tile of its own.
INLINE void packed_panel(float *sums, packed_activations x, size_t count, const uint8_t *panel,
                         const packed_layout layout) {
  for (size_t first = 0; first < x.columns; first += CHUNK) {
    size_t last = first + CHUNK < x.columns ? first + CHUNK : x.columns;
    const uint8_t *block = panel + first / 32 * block_size(layout);
    packed_words words = {(const uint8_t *)x.bytes + first, x.columns};
#if INPUTS_PER_WORD == 2
    int16_t wide[ROW_BLOCK * CHUNK];
    if (!layout.four_bits) {
      for (size_t m = 0; m < count; m++)
        for (size_t c = first; c < last; c++) wide[m * CHUNK + c - first] = x.bytes[m * x.columns + c];
      words = (packed_words){(const uint8_t *)wide, 2 * CHUNK};
    }
#endif
    if (count > 1)
      packed_chunk(sums, x, words, count, block, first, last, layout);
    else
      // A single row leaves registers for all channels at once, and memory is read in one stream.
      packed_tile(sums, x, words, block, (packed_prefetch){0, 0}, first, last, 0, 1, PANEL / LANES, layout);
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
