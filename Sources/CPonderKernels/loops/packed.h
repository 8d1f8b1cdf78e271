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
// weights as they are loaded, activations as they are put in order. Taking magnitudes of weights and giving their signs to
// the activations instead costs a multiplier's turn for each sign. In four bits, 8 pairs of at most 2 · 15 · 127 fit into
// 16 bits, and beside the even ones the zero point's 8 · Σx over 32 inputs: Σ (w − 8)·x over 16 of them less 8 · Σx over
// the others is at most 32 · 8 · 127 = 32512, whatever wrapped around on the way.

#if defined(PK_AVX2)
// Unrolled, Clang finishes one row after the other and spills what they share.
#define PACKED_STEPS _Pragma("clang loop unroll(disable)")
#elif defined(PK_AVX512)
// 3 to 5 % faster than not unrolled, and no slower than unrolled whole.
#define PACKED_STEPS _Pragma("clang loop unroll_count(2)")
#else
#define PACKED_STEPS
#endif

enum {
  // Panels that meet the same ordered activations.
  PANEL_BLOCK = 8,
  // From so many rows on, at least three tiles read a chunk: spreading its nibbles to bytes once is less than doing so in
  // each of them.
  SPREAD_ROWS = 2 * PACKED_ROWS + 1,
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

// The products of one group: dot_words for each word of inputs, finish_dots. Weights are 0…255 for AVX-512,
// −128…127 elsewhere, 0…15 in four bits; activations are −127…127.

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

INLINE size_t byte_count(packed_layout layout) { return layout.four_bits ? 512 : 1024; }

INLINE size_t block_size(packed_layout layout) {
  return byte_count(layout) + (size_t)(64 * layout.halves * (layout.has_offsets ? 2 : 1));
}

// Where the blocks of a chunk lie: as in the panel, or their nibbles spread to bytes, 1024 a block, apart from the scales.
typedef struct {
  const uint8_t *blocks;
  const uint8_t *spread;  // or null
} packed_weights;

static const uint8_t *K(spread_nibbles)(uint8_t *to, const uint8_t *block, size_t blocks, size_t size) {
  const uint8_t *spread = to;
  for (size_t b = 0; b < blocks; b++, block += size)
    for (size_t i = 0; i < 512; i += 128, to += 256)
      for (size_t part = 0; part < 128; part += sizeof(vi)) {
        vi bytes = load_vector(block + i + part), low = bytes & 0x0f0f0f0f, high = (bytes >> 4) & 0x0f0f0f0f;
        memcpy(to + part, &low, sizeof low);
        memcpy(to + 128 + part, &high, sizeof high);
      }
  return spread;
}

// Lines of a later chunk that are asked for in each block, so that memory is read while this one is computed.
typedef struct {
  const uint8_t *from;
  size_t lines;
} packed_prefetch;

INLINE vf spread_factor(const int32_t *p) {
  float factor;
  memcpy(&factor, p, sizeof factor);
  return splat(factor);
}

// `rows` rows of activations by `vectors` vectors of channels from `channel` on, over so many blocks.
INLINE void packed_tile(float *out, tile_input x, packed_weights weights_at, packed_prefetch next, size_t blocks,
                        int is_first, int channel, const int rows, const int vectors, const packed_layout layout,
                        const int is_spread) {
  const int four_bits = layout.four_bits, scale_count = 64 * layout.halves;
  // A load holds two words in four bits.
  const int width = four_bits ? 4 : INPUTS_PER_WORD, words_per_load = four_bits && !is_spread ? 2 : 1;
  const int loads = 32 / (width * words_per_load * layout.halves);
  vf sums[PACKED_ROWS][PANEL / LANES];
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) sums[m][v] = is_first ? (vf){0} : load(out + m * PANEL + v * LANES);

  for (size_t b = 0; b < blocks; b++) {
    const uint8_t *block = weights_at.blocks + b * block_size(layout), *scales = block + byte_count(layout) + 2 * channel;
    const uint8_t *bytes = (is_spread ? weights_at.spread + b * 1024 : block) + width * channel;
    // Decoding waits for memory: ask for what comes eight blocks later.
    if (rows == 1)
      for (size_t line = 0; line < byte_count(layout) * (size_t)(vectors * LANES) / PANEL; line += 64)
        __builtin_prefetch(bytes + 8 * block_size(layout) + line);
    // One or two as a rule: unrolled, finding out costs more than asking.
    _Pragma("clang loop unroll(disable)")
    for (size_t line = 0; line < next.lines; line++) __builtin_prefetch(next.from + 64 * line, 0, 1);
    next.from += 64 * next.lines;
    for (int half = 0; half < layout.halves; half++, x.factors += factor_count(layout) * (size_t)rows) {
      vi dots[PACKED_ROWS][PANEL / LANES];
      for (int m = 0; m < rows; m++)
        for (int v = 0; v < vectors; v++) dots[m][v] = stored_zero(layout) ? x.factors[m] - (vi){0} : (vi){0};
      PACKED_STEPS
      for (int i = 0; i < loads; i++, bytes += width * PANEL) {
        vi loaded[PANEL / LANES];
        for (int v = 0; v < vectors; v++) loaded[v] = load_words(bytes + width * LANES * v, four_bits);
        for (int part = 0; part < words_per_load; part++, x.words += rows) {
          vi weights[PANEL / LANES];
          for (int v = 0; v < vectors; v++)
            weights[v] = words_per_load == 2 ? (part ? loaded[v] >> 4 : loaded[v]) & 0x0f0f0f0f : loaded[v];
          for (int m = 0; m < rows; m++) {
            vi activations = x.words[m] - (vi){0};
            for (int v = 0; v < vectors; v++) dots[m][v] = dot_words(dots[m][v], weights[v], activations, four_bits);
          }
        }
      }
      for (int v = 0; v < vectors; v++) {
        vf scale = load_scales(scales + 64 * half + 2 * LANES * v);
        vf offset = layout.has_offsets ? load_scales(scales + scale_count + 64 * half + 2 * LANES * v) : (vf){0};
        for (int m = 0; m < rows; m++) {
          vf products = __builtin_convertvector(finish_dots(dots[m][v], four_bits), vf);
          sums[m][v] = fma_lanes(products, scale * spread_factor(x.factors + rows + m), sums[m][v]);
          if (layout.has_offsets)
            sums[m][v] = fma_lanes(offset, spread_factor(x.factors + 2 * rows + m), sums[m][v]);
        }
      }
    }
  }
  for (int m = 0; m < rows; m++)
    for (int v = 0; v < vectors; v++) store(out + m * PANEL + v * LANES, sums[m][v]);
}

// At most PACKED_ROWS rows of activations.
INLINE void packed_rows(float *out, tile_input x, packed_weights weights, packed_prefetch next, size_t blocks,
                        int is_first, int channel, size_t rows, const packed_layout layout, const int is_spread) {
#define TILE(rows) packed_tile(out, x, weights, next, blocks, is_first, channel, rows, PACKED_VECTORS, layout, is_spread)
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

// One chunk of a panel's inputs with all rows, tile by tile. `later` is the chunk that comes next.
INLINE void packed_chunk(float *sums, const ordered_activations *x, size_t input, size_t blocks, int is_first,
                         const uint8_t *block, const uint8_t *later, const packed_layout layout) {
  packed_weights weights = {block, 0};
  if (x->count == 1) {
    // A single row leaves registers for all channels at once, and memory is read in one stream.
    packed_tile(sums, input_of_tile(x, 0, input, layout), weights, (packed_prefetch){0, 0}, blocks, is_first, 0, 1,
                PANEL / LANES, layout, 0);
    return;
  }
  // Each tile asks for its part of the next chunk.
  size_t lines = (block_size(layout) + 63) / 64, line = 0;
  size_t tiles = (x->count + PACKED_ROWS - 1) / PACKED_ROWS * (PANEL / (PACKED_VECTORS * LANES));
  size_t share = (lines + tiles - 1) / tiles;
  uint8_t room[CHUNK * PANEL] __attribute__((aligned(64)));
  if (layout.four_bits && x->count >= SPREAD_ROWS)
    weights.spread = K(spread_nibbles)(room, block, blocks, block_size(layout));
  for (int channel = 0; channel < PANEL; channel += PACKED_VECTORS * LANES)
    for (size_t m = 0; m < x->count; m += PACKED_ROWS, line += share) {
      packed_prefetch next = {later + 64 * line * blocks, line >= lines ? 0 : share < lines - line ? share : lines - line};
      tile_input tile = input_of_tile(x, m, input, layout);
      float *of_tile = sums + m * PANEL + channel;
      if (weights.spread)
        packed_rows(of_tile, tile, weights, next, blocks, is_first, channel, tile_rows(x, m), layout, 1);
      else
        packed_rows(of_tile, tile, weights, next, blocks, is_first, channel, tile_rows(x, m), layout, 0);
    }
}

// At most ROW_BLOCK rows of activations and PANEL_BLOCK panels: sums [panels, count, PANEL]. No number of rows is special:
// the rest of a division is a tile of its own.
INLINE void packed_panels(float *sums, packed_activations x, size_t count, const uint8_t *panels, size_t panel_count,
                          const packed_layout layout) {
  ordered_activations ordered;
  size_t size = block_size(layout), panel_size = x.columns / 32 * size, inputs = ROW_BLOCK / count * CHUNK;
  for (size_t first = 0; first < x.columns; first += inputs) {
    size_t last = first + inputs < x.columns ? first + inputs : x.columns;
    order(&ordered, x, count, first, last, layout);
    for (size_t p = 0; p < panel_count; p++)
      for (size_t c = first; c < last; c += CHUNK) {
        size_t end = c + CHUNK < last ? c + CHUNK : last;
        const uint8_t *panel = panels + p * panel_size, *later = panel + end / 32 * size;
        // Behind the last chunk in order comes the next panel, or the first one's next inputs, or the next panels.
        if (end == last && p + 1 < panel_count)
          later = panel + panel_size + first / 32 * size;
        else if (end == last && last < x.columns)
          later = panels + last / 32 * size;
        packed_chunk(sums + p * count * PANEL, &ordered, c - first, (end - c) / 32, c == 0, panel + c / 32 * size, later,
                     layout);
      }
  }
}

INLINE void packed_product(float *out, size_t out_stride, packed_activations x, size_t count, const uint8_t *panels,
                           const float *multipliers, size_t rows, const packed_layout layout) {
  // Sums stay here between chunks: rows of `out` often lie a power of two apart and would evict each other.
  float sums[PANEL_BLOCK * ROW_BLOCK * PANEL];
  size_t panel_size = x.columns / 32 * block_size(layout);
  for (size_t first = 0; first < count; first += ROW_BLOCK) {
    size_t block = count - first < ROW_BLOCK ? count - first : ROW_BLOCK;
    for (size_t r = 0; r < rows; r += PANEL_BLOCK * PANEL) {
      size_t end = rows - r < PANEL_BLOCK * PANEL ? rows : r + PANEL_BLOCK * PANEL;
      packed_panels(sums, x, block, panels + r / PANEL * panel_size, (end - r + PANEL - 1) / PANEL, layout);
      for (size_t channel = r; channel < end; channel += PANEL) {
        size_t wanted = end - channel < PANEL ? end - channel : PANEL;
        const float *of_panel = sums + (channel - r) * block;
        for (size_t m = 0; m < block; m++)
          K(multiply)(out + (first + m) * out_stride + channel, of_panel + m * PANEL, multipliers + channel, wanted);
      }
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
