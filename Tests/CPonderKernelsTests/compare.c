// Holds the kernels of every instruction set in this build to the scalar ones, which the Swift tests hold to oracles.
// A program of its own, because emulators for other processors run C and not Swift: see Scripts/test-neon.sh.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ponder_kernels.h"

enum { LARGEST = 1024 };
static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 129, 255, 257};
static int failures;

static uint64_t state = 1;
static uint32_t random_bits(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 32);
}
static float random_float(void) { return (float)(random_bits() >> 8) * 0x1p-23f - 1.0f; }

static void fill(float *x, size_t n, float scale) {
  for (size_t i = 0; i < n; i++) x[i] = random_float() * scale;
}

static void expect(int holds, const char *what, size_t n) {
  if (holds) return;
  failures++;
  printf("FAILED: %s, size %zu\n", what, n);
}

// Sums of n terms of magnitude 1 at most, in two orders.
static void expect_close(const float *a, const float *b, size_t n, double tolerance, const char *what, size_t size) {
  for (size_t i = 0; i < n; i++) {
    if ((isnan(a[i]) && isnan(b[i])) || a[i] == b[i]) continue;
    if (fabs((double)a[i] - (double)b[i]) > tolerance * fmax(1, fabs((double)b[i])) || isnan(a[i]) != isnan(b[i])) {
      printf("%g against %g\n", (double)a[i], (double)b[i]);
      expect(0, what, size);
      return;
    }
  }
}

static float a[LARGEST], b[LARGEST], c[LARGEST], d[LARGEST], e[LARGEST], f[LARGEST];

static void compare_vectors(const pk_kernels *k, const pk_kernels *s, size_t n) {
  fill(a, n, 1);
  fill(b, n, 1);
  float x = k->dot(a, b, n), y = s->dot(a, b, n);
  expect_close(&x, &y, 1, 1e-6 * (double)n, "dot", n);
  x = k->sum(a, n), y = s->sum(a, n);
  expect_close(&x, &y, 1, 1e-6 * (double)n, "sum", n);
  if (n > 2) a[n / 2] = NAN;
  expect(k->maximum(a, n) == s->maximum(a, n), "maximum", n);
  expect(k->argmax(a, n) == s->argmax(a, n), "argmax", n);
  fill(a, n, 1);
  k->add(c, a, b, n), s->add(d, a, b, n);
  expect(memcmp(c, d, n * 4) == 0, "add", n);
  k->multiply(c, a, b, n), s->multiply(d, a, b, n);
  expect(memcmp(c, d, n * 4) == 0, "multiply", n);
  memcpy(c, b, n * 4), memcpy(d, b, n * 4);
  k->axpy(c, 0.3f, a, n), s->axpy(d, 0.3f, a, n);
  expect_close(c, d, n, 2e-7, "axpy", n);
  fill(a, n, 110);
  if (n > 4) a[0] = INFINITY, a[1] = -INFINITY, a[2] = NAN;
  k->exponential(c, a, n), s->exponential(d, a, n);
  expect_close(c, d, n, 5e-7, "exponential", n);
}

static void compare_layers(const pk_kernels *k, const pk_kernels *s, size_t n) {
  fill(a, n, 10), fill(b, n, 1);
  k->rmsnorm(c, a, b, n, 1e-5f), s->rmsnorm(d, a, b, n, 1e-5f);
  expect_close(c, d, n, 2e-6, "rmsnorm", n);
  memcpy(c, a, n * 4), memcpy(d, a, n * 4);
  k->softmax(c, n), s->softmax(d, n);
  expect_close(c, d, n, 2e-6, "softmax", n);
  for (size_t i = 0; i < n; i++) c[i] = -INFINITY;
  k->softmax(c, n);
  for (size_t i = 0; i < n; i++) expect(c[i] == 0, "softmax of a masked row", n);
  k->silu_multiply(c, a, b, n), s->silu_multiply(d, a, b, n);
  expect_close(c, d, n, 2e-6, "silu_multiply", n);
  for (int pairs = 0; pairs < 2; pairs++) {
    fill(c, 2 * n + 3, 1), memcpy(d, c, (2 * n + 3) * 4);
    (pairs ? k->rotate_pairs : k->rotate_halves)(c, a, b, 1, 2 * n + 3, 2 * n);
    (pairs ? s->rotate_pairs : s->rotate_halves)(d, a, b, 1, 2 * n + 3, 2 * n);
    expect(memcmp(c, d, (2 * n + 3) * 4) == 0, pairs ? "rotate_pairs" : "rotate_halves", n);
  }
}

static void compare_conversions(const pk_kernels *k, const pk_kernels *s) {
  enum { COUNT = 65536 };
  static uint16_t halves[COUNT], narrow_k[COUNT], narrow_s[COUNT];
  static float wide_k[COUNT], wide_s[COUNT];
  for (int i = 0; i < COUNT; i++) halves[i] = (uint16_t)i;
  k->widen_f16(wide_k, halves, COUNT), s->widen_f16(wide_s, halves, COUNT);
  for (int i = 0; i < COUNT; i++)
    expect(memcmp(wide_k + i, wide_s + i, 4) == 0 || (isnan(wide_k[i]) && isnan(wide_s[i])), "widen_f16", (size_t)i);
  k->widen_bf16(wide_k, halves, COUNT), s->widen_bf16(wide_s, halves, COUNT);
  expect(memcmp(wide_k, wide_s, sizeof wide_k) == 0, "widen_bf16", COUNT);
  for (int i = 0; i < COUNT; i++) {
    uint32_t bits = random_bits();
    memcpy(wide_k + i, &bits, 4);
    if (isnan(wide_k[i])) wide_k[i] = 0;
  }
  k->narrow_f16(narrow_k, wide_k, COUNT), s->narrow_f16(narrow_s, wide_k, COUNT);
  expect(memcmp(narrow_k, narrow_s, sizeof narrow_k) == 0, "narrow_f16", COUNT);
  k->narrow_bf16(narrow_k, wide_k, COUNT), s->narrow_bf16(narrow_s, wide_k, COUNT);
  expect(memcmp(narrow_k, narrow_s, sizeof narrow_k) == 0, "narrow_bf16", COUNT);
}

static void compare_float_products(const pk_kernels *k, const pk_kernels *s, size_t n) {
  enum { ROWS = 5, COUNT = 6 };
  static float w[ROWS * 257], x[COUNT * 257], out_k[ROWS * COUNT], out_s[ROWS * COUNT];
  static uint16_t half[ROWS * 257];
  fill(w, ROWS * n, 1), fill(x, COUNT * n, 1);
  double tolerance = 1e-6 * (double)n;
  k->matmul_f32(out_k, ROWS, x, COUNT, w, ROWS, n), s->matmul_f32(out_s, ROWS, x, COUNT, w, ROWS, n);
  expect_close(out_k, out_s, ROWS * COUNT, tolerance, "matmul_f32", n);
  // Alone, the last row of activations must have the same bits.
  k->matmul_f32(c, ROWS, x + (COUNT - 1) * n, 1, w, ROWS, n);
  expect(memcmp(c, out_k + (COUNT - 1) * ROWS, ROWS * 4) == 0, "matmul_f32 of one row", n);
  s->narrow_f16(half, w, ROWS * n);
  k->matmul_f16(out_k, ROWS, x, COUNT, half, ROWS, n), s->matmul_f16(out_s, ROWS, x, COUNT, half, ROWS, n);
  expect_close(out_k, out_s, ROWS * COUNT, tolerance, "matmul_f16", n);
  s->narrow_bf16(half, w, ROWS * n);
  k->matmul_bf16(out_k, ROWS, x, COUNT, half, ROWS, n), s->matmul_bf16(out_s, ROWS, x, COUNT, half, ROWS, n);
  expect_close(out_k, out_s, ROWS * COUNT, tolerance, "matmul_bf16", n);
}

static void compare_quantized(const pk_kernels *k, const pk_kernels *s) {
  static const int formats[] = {PK_Q4_0, PK_Q4_1, PK_Q5_0, PK_Q5_1, PK_Q8_0, PK_Q2_K,
                                PK_Q3_K, PK_Q4_K, PK_Q5_K, PK_Q6_K, PK_IQ4_NL, PK_IQ4_XS};
  static uint8_t blocks[4096];
  static int8_t q_k[LARGEST], q_s[LARGEST], xq[3 * LARGEST];
  static float x_scale[3 * LARGEST / 16], x_sum[3 * LARGEST / 16];
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    // Half-precision scales may lie anywhere: bytes below 0x7c keep them all finite.
    for (size_t j = 0; j < sizeof blocks; j++) blocks[j] = (uint8_t)(random_bits() % 0x7c);
    expect(k->unpack(q_k, a, b, formats[i], blocks, 768), "unpack knows the format", (size_t)formats[i]);
    s->unpack(q_s, c, d, formats[i], blocks, 768);
    expect(memcmp(q_k, q_s, 768) == 0 && memcmp(a, c, 48 * 4) == 0 && memcmp(b, d, 48 * 4) == 0, "unpack",
           (size_t)formats[i]);
    k->dequantize(e, q_k, a, b, 768), s->dequantize(f, q_s, c, d, 768);
    expect(memcmp(e, f, 768 * 4) == 0, "dequantize", (size_t)formats[i]);
  }
  expect(k->unpack(q_k, a, b, 99, blocks, 768) == 0, "unpack refuses an unknown format", 99);

  fill(e, 768, 3);
  e[5] = INFINITY;
  k->quantize(q_k, a, b, e, 768), s->quantize(q_s, c, d, e, 768);
  expect_close(a, c, 48, 0, "scales of quantize", 768);
  for (size_t i = 32; i < 768; i++) expect(abs(q_k[i] - q_s[i]) <= 1, "bytes of quantize", i);

  for (size_t columns = 32; columns <= 256; columns += 32) {
    size_t groups = columns / 16;
    for (size_t i = 0; i < 3 * columns; i++) q_k[i] = (int8_t)random_bits(), xq[i] = (int8_t)random_bits();
    q_k[0] = q_k[1] = xq[0] = xq[1] = -128;
    fill(a, 3 * groups, 1e-4f), fill(b, 3 * groups, 1), fill(x_scale, 3 * groups, 1), fill(x_sum, 3 * groups, 1);
    k->matmul_q8(c, 3, xq, x_scale, x_sum, 3, q_k, a, b, 3, columns);
    s->matmul_q8(d, 3, xq, x_scale, x_sum, 3, q_k, a, b, 3, columns);
    expect_close(c, d, 9, 1e-6 * (double)columns, "matmul_q8", columns);
    k->matmul_q8(e, 3, xq + columns, x_scale + groups, x_sum + groups, 1, q_k, a, b, 3, columns);
    expect(memcmp(e, c + 3, 12) == 0, "matmul_q8 of one row", columns);
  }
}

static void compare_packed(const pk_kernels *k, const pk_kernels *s) {
  enum { COLUMNS = 1088, ROWS = 45, COUNT = 7, PANELS = 2, GROUPS = COLUMNS / 16 };
  static const int layouts[] = {PK_PACKED_8,
                                PK_PACKED_8 | PK_PACKED_OFFSETS,
                                PK_PACKED_8 | PK_PACKED_HALVES,
                                PK_PACKED_8 | PK_PACKED_HALVES | PK_PACKED_OFFSETS,
                                PK_PACKED_4,
                                PK_PACKED_4 | PK_PACKED_OFFSETS};
  static int8_t q[ROWS * COLUMNS], xq[COUNT * COLUMNS], other_q[COUNT * COLUMNS];
  static float scale[ROWS * GROUPS], offset[ROWS * GROUPS], multipliers[32 * PANELS], x[COUNT * COLUMNS];
  static float x_scale[COUNT * GROUPS], other_scale[COUNT * GROUPS], out_k[COUNT * ROWS], out_s[COUNT * ROWS];
  static int32_t sums[COUNT * GROUPS], other_sums[COUNT * GROUPS];
  static uint8_t panels_k[PANELS * (COLUMNS / 32) * 1280], panels_s[PANELS * (COLUMNS / 32) * 1280];
  fill(x, COUNT * COLUMNS, 1);
  s->quantize_packed(xq, x_scale, sums, x, COUNT * COLUMNS);
  k->quantize_packed(other_q, other_scale, other_sums, x, COUNT * COLUMNS);
  expect(memcmp(x_scale, other_scale, COUNT * COLUMNS / 32 * 4) == 0, "scales of quantize_packed", COLUMNS);
  for (size_t i = 0; i < COUNT * COLUMNS; i++) expect(abs(xq[i] - other_q[i]) <= 1, "bytes of quantize_packed", i);
  for (int i = 0; i < 32 * PANELS; i++) multipliers[i] = i % 2 ? 0.5f : 4.0f;
  for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
    int layout = layouts[l], four_bits = (layout & PK_PACKED_4) != 0;
    int half_count = layout & PK_PACKED_HALVES ? 2 : 1, parts = layout & PK_PACKED_OFFSETS ? 2 : 1;
    size_t panel_size = COLUMNS / 32 * (size_t)((four_bits ? 512 : 1024) + 64 * half_count * parts);
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
      q[i] = (int8_t)random_bits();
      if (four_bits) q[i] = (int8_t)((q[i] & 15) - (parts == 1 ? 8 : 0));
    }
    q[0] = four_bits ? 7 : -128;
    fill(scale, ROWS * GROUPS, 0.01f), fill(offset, ROWS * GROUPS, 0.01f);
    for (size_t p = 0; p < PANELS; p++) {
      size_t rows = p == 0 ? 32 : ROWS - 32, first = p * 32;
      k->pack(panels_k + p * panel_size, q + first * COLUMNS, scale + first * GROUPS, offset + first * GROUPS,
              multipliers + first, layout, rows, COLUMNS);
      s->pack(panels_s + p * panel_size, q + first * COLUMNS, scale + first * GROUPS, offset + first * GROUPS,
              multipliers + first, layout, rows, COLUMNS);
    }
    k->matmul_packed(out_k, ROWS, xq, x_scale, sums, COUNT, panels_k, multipliers, layout, ROWS, COLUMNS);
    s->matmul_packed(out_s, ROWS, xq, x_scale, sums, COUNT, panels_s, multipliers, layout, ROWS, COLUMNS);
    expect_close(out_k, out_s, COUNT * ROWS, 2e-5, "matmul_packed", (size_t)layout);
    // The last row alone: the same bits.
    k->matmul_packed(a, ROWS, xq + (COUNT - 1) * COLUMNS, x_scale + (COUNT - 1) * (COLUMNS / 32),
                     sums + (COUNT - 1) * GROUPS, 1, panels_k, multipliers, layout, ROWS, COLUMNS);
    expect(memcmp(a, out_k + (COUNT - 1) * ROWS, ROWS * 4) == 0, "matmul_packed of one row", (size_t)layout);
  }
}

// Ninety positions, three rows with two heads each, all formats of the cache.
static void compare_attention(const pk_kernels *k, const pk_kernels *s, size_t n) {
  enum { POSITIONS = 90, ROWS = 3, HEADS = 2, LARGEST_HEAD = 257, BLOCKS = 6 };
  static uint8_t panels_k[BLOCKS][32 * 4 * LARGEST_HEAD], panels_s[BLOCKS][32 * 4 * LARGEST_HEAD];
  static float x[ROWS * HEADS * LARGEST_HEAD], out_k[ROWS * HEADS * LARGEST_HEAD], out_s[ROWS * HEADS * LARGEST_HEAD];
  static float workspace[ROWS * HEADS * (2 * LARGEST_HEAD + 32) + 2 * PK_STEP * (LARGEST_HEAD + 16)];
  static const size_t rows[] = {2, 0, 1}, positions[] = {POSITIONS - 1, 63, 64};
  if (n > LARGEST_HEAD) return;
  for (int format = PK_CACHE_F32; format <= PK_CACHE_8; format++) {
    memset(panels_k, 0xff, sizeof panels_k), memset(panels_s, 0xff, sizeof panels_s);
    for (size_t p = 0; p < POSITIONS; p++) {
      fill(a, n, 1), fill(b, n, 1);
      k->cache_store(panels_k[p / 16], format, p % 16, a, b, n);
      s->cache_store(panels_s[p / 16], format, p % 16, a, b, n);
    }
    fill(x, ROWS * HEADS * n, 2);
    pk_attention_step steps_k[2], steps_s[2];
    for (size_t i = 0; i < 2; i++) {
      steps_k[i] = steps_s[i] = (pk_attention_step){.start = i * PK_STEP, .first_row = 0, .row_count = ROWS};
      for (size_t j = 0; j < 4; j++)
        if (i * 4 + j < BLOCKS) steps_k[i].blocks[j] = panels_k[i * 4 + j], steps_s[i].blocks[j] = panels_s[i * 4 + j];
    }
    for (size_t window = 30; window != 0; window = window == 30 ? SIZE_MAX : 0) {
      pk_attention call = {format, n, HEADS, window, 0.125f, x, out_k, HEADS * n, rows, positions, 0, ROWS, 0, workspace};
      k->attend(&call, steps_k, 2);
      call.out = out_s;
      s->attend(&call, steps_s, 2);
      // Bytes may round to neighbours: 1/127 of a value, and of a score that is 2·n/8 at most.
      expect_close(out_k, out_s, ROWS * HEADS * n, format == PK_CACHE_8 ? 2e-2 : 1e-5, "attend", n);
      // The last row alone, head by head: the same bits.
      call.out = c, call.first_row = ROWS - 1, call.row_count = 1, call.group = 1, call.stride = 0;
      call.queries = x + rows[ROWS - 1] * HEADS * n;
      k->attend(&call, steps_k, 2);
      expect(memcmp(c, out_k + rows[ROWS - 1] * HEADS * n, n * 4) == 0, "attend for one query", n);
    }
  }
}

int main(void) {
  static const char *const names[] = {"scalar", "avx2", "avx512", "neon"};
  const pk_kernels *scalar = pk_named("scalar");
  printf("best: %s\n", pk_select()->name);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const pk_kernels *kernels = pk_named(names[i]);
    if (!kernels) continue;
    for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
      compare_vectors(kernels, scalar, sizes[j]);
      compare_layers(kernels, scalar, sizes[j]);
      compare_float_products(kernels, scalar, sizes[j]);
      compare_attention(kernels, scalar, sizes[j]);
    }
    compare_conversions(kernels, scalar);
    compare_quantized(kernels, scalar);
    compare_packed(kernels, scalar);
    printf("%s: compared with scalar\n", kernels->name);
  }
  if (failures) printf("%d failures\n", failures);
  return failures != 0;
}
