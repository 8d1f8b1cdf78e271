#ifndef PONDER_KERNELS_H
#define PONDER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Storage of one weight, numbered as in GGML's `ggml_type` and therefore as in GGUF files.
enum {
  PK_F32 = 0,
  PK_F16 = 1,
  PK_Q4_0 = 2,
  PK_Q4_1 = 3,
  PK_Q5_0 = 6,
  PK_Q5_1 = 7,
  PK_Q8_0 = 8,
  PK_Q2_K = 10,
  PK_Q3_K = 11,
  PK_Q4_K = 12,
  PK_Q5_K = 13,
  PK_Q6_K = 14,
  PK_IQ4_NL = 20,
  PK_IQ4_XS = 23,
  PK_BF16 = 30,
};

/// Weights and activations in 8 bits share one scale per this many neighbours.
enum { PK_GROUP = 16 };

/// A packed layout: PK_PACKED_8 or PK_PACKED_4, and what else is set. Panels take 32 channels.
enum {
  PK_PACKED_8 = 1,
  PK_PACKED_4 = 2,
  /// Scales for each 16 inputs instead of 32; with 8 bits only.
  PK_PACKED_HALVES = 4,
  /// Offsets beside the scales.
  PK_PACKED_OFFSETS = 8,
};

/// Storage of keys and values: floats, halves, or bytes with one scale per head and position.
enum {
  PK_CACHE_F32 = 0,
  PK_CACHE_F16 = 1,
  PK_CACHE_8 = 2,
};

enum {
  /// Positions of one panel: keys and values of one head. Layout: loops/attention.h
  PK_PANEL = 16,
  /// Positions of one step of attention: four panels.
  PK_STEP = 64,
};

/// Rows that meet the same four panels.
typedef struct pk_attention_step {
  /// Position of the first panel, a multiple of PK_STEP.
  size_t start;
  /// Among `pk_attention.rows`.
  size_t first_row, row_count;
  /// Panels lie at `pk_attention.offset` in these. One that no row sees is not read.
  const void *blocks[PK_STEP / PK_PANEL];
} pk_attention_step;

/// Rows of queries, with the query heads that share one key/value head.
typedef struct pk_attention {
  int format;
  /// Of a head.
  size_t dimension;
  /// Query heads, side by side.
  size_t group;
  /// Positions that a row sees, its own included: SIZE_MAX is all.
  size_t window;
  /// Of queries: 1/√dimension.
  float scale;
  /// Of the first query head in the first row; `stride` floats to the next row.
  const float *queries;
  float *out;
  size_t stride;
  /// Which row of `queries` and `out`, and at which position.
  const size_t *rows, *positions;
  /// The part of `rows` and `positions` that is computed.
  size_t first_row, row_count;
  /// Bytes from a block's beginning to the panel of this head.
  size_t offset;
  /// row_count · group · (2 · dimension + 32) + 2 · PK_STEP · (dimension + 16) floats, of any content.
  float *workspace;
} pk_attention;

/// The kernels of one instruction set.
///
/// Every kernel takes its output first, accepts any length and any alignment, and reduces in one order that depends
/// on the length alone: never on how many rows a call has or where a row lies among them.
typedef struct pk_kernels {
  const char *name;

  // Vectors

  /// Σ a[i]·b[i].
  float (*dot)(const float *a, const float *b, size_t n);
  float (*sum)(const float *x, size_t n);
  /// The largest element, NaN ignored; −∞ when there is none.
  float (*maximum)(const float *x, size_t n);
  /// Index of the largest element, the first of equals, NaN ignored; 0 when there is none.
  size_t (*argmax)(const float *x, size_t n);
  void (*add)(float *out, const float *a, const float *b, size_t n);
  void (*multiply)(float *out, const float *a, const float *b, size_t n);
  /// y += a·x.
  void (*axpy)(float *y, float a, const float *x, size_t n);
  /// eˣ, relative error ≤ 2.5e-7 where the result is a normal number; subnormal results and both infinities are kept.
  void (*exponential)(float *out, const float *x, size_t n);

  // Layers of a transformer

  /// out[i] = x[i]·weight[i] / √(mean(x²) + epsilon).
  void (*rmsnorm)(float *out, const float *x, const float *weight, size_t n, float epsilon);
  /// In place: eˣ⁻ᵐᵃˣ over its sum. A row of −∞ alone becomes zeros; a NaN makes the row NaN.
  void (*softmax)(float *x, size_t n);
  /// out = gate·sigmoid(gate)·up.
  void (*silu_multiply)(float *out, const float *gate, const float *up, size_t n);
  /// Rotates pairs (i, i + rotary/2) of each head, in place. cosines and sines [rotary/2] are of one position;
  /// x [heads, dimension]; the elements from rotary on stay.
  void (*rotate_halves)(float *x, const float *cosines, const float *sines, size_t heads, size_t dimension,
                        size_t rotary);
  /// The same for pairs (2i, 2i + 1).
  void (*rotate_pairs)(float *x, const float *cosines, const float *sines, size_t heads, size_t dimension,
                       size_t rotary);
  /// out = softmax(scale·q·Kᵀ)·V of each row over the positions that it sees, walked in `steps`, those of a row
  /// ascending. What a row sees decides its bits, not the other rows. Where all scores are −∞ the result is zero.
  void (*attend)(const pk_attention *attention, const pk_attention_step *steps, size_t step_count);
  /// Keeps key and value [dimension] at `position` < PK_PANEL of a panel. In 8 bits a vector with a non-finite element
  /// becomes NaN, and one that stays below 2⁻¹⁰⁰ zero.
  void (*cache_store)(void *panel, int format, size_t position, const float *key, const float *value,
                      size_t dimension);

  // Conversions, rounding to nearest even

  void (*widen_f16)(float *out, const uint16_t *x, size_t n);
  void (*widen_bf16)(float *out, const uint16_t *x, size_t n);
  void (*narrow_f16)(uint16_t *out, const float *x, size_t n);
  void (*narrow_bf16)(uint16_t *out, const float *x, size_t n);

  // Products with float weights: out[m·out_stride + r] = Σ x[m·columns + c]·w[r·columns + c]

  void (*matmul_f32)(float *out, size_t out_stride, const float *x, size_t count, const void *w, size_t rows,
                     size_t columns);
  void (*matmul_f16)(float *out, size_t out_stride, const float *x, size_t count, const void *w, size_t rows,
                     size_t columns);
  void (*matmul_bf16)(float *out, size_t out_stride, const float *x, size_t count, const void *w, size_t rows,
                      size_t columns);

  // Products with quantized weights; columns is a multiple of 32

  /// One row of blocks to weight[c] = scale[c/16]·q[c] − offset[c/16]. Gives 0 for an unknown format, else 1.
  int (*unpack)(int8_t *q, float *scale, float *offset, int format, const void *row, size_t columns);
  /// The weights themselves from `unpack`, rounded as GGML's reference does.
  void (*dequantize)(float *out, const int8_t *q, const float *scale, const float *offset, size_t columns);
  /// 8 bits per 32 neighbours: x[c] ≈ scale[c/16]·q[c], and sum[g] = scale[g]·Σ q over the group of 16. A group of 32
  /// with a non-finite element gets the scale NaN; one that stays below 2⁻¹⁰⁰ counts as zero.
  void (*quantize)(int8_t *q, float *scale, float *sum, const float *x, size_t n);
  /// out[m·out_stride + r] from `rows` unpacked rows and `count` quantized ones. A null offset means zeros.
  void (*matmul_q8)(float *out, size_t out_stride, const int8_t *xq, const float *x_scale, const float *x_sum,
                    size_t count, const int8_t *wq, const float *w_scale, const float *w_offset, size_t rows,
                    size_t columns);

  // Products with packed weights; columns is a multiple of 32. Layout: loops/packed.h

  /// `rows` ≤ 32 rows as `unpack` gives them to one panel, for the kernels of this table alone. Scales and offsets are
  /// divided by their channel's multiplier, a power of two, and rounded to half precision.
  void (*pack)(void *panel, const int8_t *q, const float *scale, const float *offset, const float *multipliers,
               int layout, size_t rows, size_t columns);
  /// Weights to −8…7 per 32 neighbours, scales for each 16 as `pack` takes them. Non-finite elements as in `quantize`.
  void (*quantize_four)(int8_t *q, float *scale, const float *x, size_t n);
  /// As `quantize`, with one scale per 32 and the bare sum of the bytes per 16.
  void (*quantize_packed)(int8_t *q, float *scale, int32_t *sum, const float *x, size_t n);
  /// out[m·out_stride + r] for the first `rows` channels of consecutive panels; a multiplier per channel, in 32s.
  void (*matmul_packed)(float *out, size_t out_stride, const int8_t *xq, const float *x_scale, const int32_t *x_sum,
                        size_t count, const void *panels, const float *multipliers, int layout, size_t rows,
                        size_t columns);
} pk_kernels;

/// The best kernels that this processor can run.
const pk_kernels *pk_select(void);

/// The kernels called "scalar", "avx2", "avx512" or "neon"; null where they were not built or cannot run.
const pk_kernels *pk_named(const char *name);

#endif
