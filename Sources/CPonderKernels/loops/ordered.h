// Activations in the order in which the tiles of a product with packed weights read them.
//
// Tile after tile, a word of inputs of each of its rows, then the next word: so a tile has one stream of words and one of
// factors, whatever the distance of its rows in memory.

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
#else
#define INPUTS_PER_WORD 4
#endif

enum {
  PANEL = 32,
  // Inputs whose part of a panel stays in the nearest cache while a block of rows of activations passes.
  CHUNK = 512,
  // Rows of activations that are in order at once, with so many inputs as the room of a chunk for each of these allows.
  ROW_BLOCK = 96,
};

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

// What a zero weight is stored as, 0 where the layout's offsets tell.
INLINE int stored_zero(packed_layout layout) { return !layout.four_bits ? BYTE_ZERO : layout.has_offsets ? 0 : 8; }

// Activations of one tile in the order in which it reads them. Everything has 4 bytes.
typedef struct {
  const int32_t *words;    // [words of inputs, rows]
  const int32_t *factors;  // [groups, factors of the layout, rows]
} tile_input;

// For each row of a group: what its dots start with, the step of its activations, and where there are offsets their
// factor, −step·Σx.
INLINE size_t factor_count(packed_layout layout) { return layout.has_offsets ? 3 : 2; }

typedef int32_t four_words __attribute__((vector_size(16)));

// Inputs from `p` on, in 16 bits where those are multiplied.
INLINE four_words load_four_words(const int8_t *p, const int inputs_per_word) {
  four_words words;
  if (inputs_per_word == 2) {
    typedef int8_t bytes __attribute__((vector_size(8), aligned(1), may_alias));
    typedef int16_t shorts __attribute__((vector_size(16)));
    return (four_words)__builtin_convertvector(*(const bytes *)p, shorts);
  }
  memcpy(&words, p, sizeof words);
  return words;
}

INLINE void store_four_words(int32_t *p, four_words words) { memcpy(p, &words, sizeof words); }

// The words of `rows` rows of activations, at `x` and `stride` apart, over `inputs` inputs.
INLINE void order_words(int32_t *words, const int8_t *x, size_t stride, size_t inputs, size_t rows,
                        const int inputs_per_word) {
  const size_t four = 4 * (size_t)inputs_per_word;
  size_t row = 0;
  for (; row + 4 <= rows; row += 4, x += 4 * stride) {
    int32_t *to = words + row;
    for (size_t i = 0; i < inputs; i += four, to += 4 * rows) {
      four_words a = load_four_words(x + i, inputs_per_word), b = load_four_words(x + stride + i, inputs_per_word);
      four_words c = load_four_words(x + 2 * stride + i, inputs_per_word);
      four_words d = load_four_words(x + 3 * stride + i, inputs_per_word);
      four_words ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
      store_four_words(to, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
      store_four_words(to + rows, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
      ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      store_four_words(to + 2 * rows, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
      store_four_words(to + 3 * rows, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
    }
  }
  for (; row < rows; row++, x += stride) {
    int32_t *to = words + row;
    for (size_t i = 0; i < inputs; i += four, to += 4 * rows) {
      four_words a = load_four_words(x + i, inputs_per_word);
      if (rows == 1)
        store_four_words(to, a);
      else
        for (size_t word = 0; word < 4; word++) to[word * rows] = a[word];
    }
  }
}

// The factors of `rows` rows from `x` on, over the inputs from `first` to `last`.
INLINE void order_factors(int32_t *factors, packed_activations x, size_t first, size_t last, size_t rows,
                          const packed_layout layout) {
  for (size_t row = 0; row < rows; row++) {
    const float *steps = x.scales + row * (x.columns / 32);
    const int32_t *sums = x.sums + row * (x.columns / 16);
    int32_t *to = factors + row;
    for (size_t c = first; c < last; c += 32)
      for (int half = 0; half < layout.halves; half++, to += factor_count(layout) * rows) {
        int32_t sum = layout.halves == 2 ? sums[c / 16 + (size_t)half] : sums[c / 16] + sums[c / 16 + 1];
        int32_t start = -stored_zero(layout) * sum;
#if defined(PK_AVX2)
        // The even ones of 16 lanes of 16 bits.
        if (layout.four_bits) start &= 0xffff;
#endif
        float step = steps[c / 32], offset = -(float)sum * step;
        to[0] = start;
        memcpy(to + rows, &step, sizeof step);
        if (layout.has_offsets) memcpy(to + 2 * rows, &offset, sizeof offset);
      }
  }
}

// `count` rows of activations in order, over `inputs` inputs: tile after tile.
typedef struct {
  int32_t words[ROW_BLOCK * CHUNK / INPUTS_PER_WORD];
  int32_t factors[ROW_BLOCK * (CHUNK / 16) * 3];
  size_t count, inputs;
} ordered_activations;

INLINE size_t tile_rows(const ordered_activations *x, size_t m) {
  return x->count - m < PACKED_ROWS ? x->count - m : PACKED_ROWS;
}

INLINE int inputs_per_word(packed_layout layout) { return layout.four_bits ? 4 : INPUTS_PER_WORD; }

// The activations of the tile that begins with row m, from an input on.
INLINE tile_input input_of_tile(const ordered_activations *x, size_t m, size_t input, packed_layout layout) {
  size_t rows = tile_rows(x, m), per_word = (size_t)inputs_per_word(layout);
  size_t per_group = 32 / (size_t)layout.halves, factors = factor_count(layout);
  return (tile_input){x->words + (m * x->inputs + rows * input) / per_word,
                      x->factors + (m * x->inputs + rows * input) / per_group * factors};
}

INLINE void order(ordered_activations *to, packed_activations x, size_t count, size_t first, size_t last,
                  const packed_layout layout) {
  to->count = count;
  to->inputs = last - first;
  for (size_t m = 0; m < count; m += PACKED_ROWS) {
    tile_input tile = input_of_tile(to, m, 0, layout);
    packed_activations rest = {x.bytes + m * x.columns, x.scales + m * (x.columns / 32), x.sums + m * (x.columns / 16),
                               x.columns};
    order_words((int32_t *)tile.words, rest.bytes + first, x.columns, last - first, tile_rows(to, m),
                inputs_per_word(layout));
    order_factors((int32_t *)tile.factors, rest, first, last, tile_rows(to, m), layout);
  }
}
