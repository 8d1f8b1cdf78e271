// The vector type of one instruction set and the few operations on it that C cannot spell.
//
// Included once by each kernels_*.c, which defines PK_AVX512, PK_AVX2, PK_NEON or nothing. Vector extensions of Clang
// rather than intrinsics: the loops are written once, and the scalar build lowers to whatever the baseline offers.

#include <string.h>

#if defined(PK_AVX512)
#define LANES 16
#elif defined(PK_AVX2)
#define LANES 8
#else
#define LANES 4
#endif

#define INLINE static inline __attribute__((always_inline))

// Loops over registers, whose counts are known once their function is inlined.
#define UNROLLED _Pragma("clang loop unroll(full)")

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef uint16_t vh __attribute__((vector_size(2 * LANES)));
typedef int8_t vb __attribute__((vector_size(LANES)));
typedef int8_t vb_unaligned __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef float vf_unaligned __attribute__((vector_size(4 * LANES), aligned(1), may_alias));
typedef uint16_t vh_unaligned __attribute__((vector_size(2 * LANES), aligned(1), may_alias));

// `x − 0` rather than `x + 0`, which would turn −0 into +0.
INLINE vf splat(float x) { return x - (vf){0}; }

INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store(float *p, vf x) { *(vf_unaligned *)p = x; }

// The first n < LANES elements; the others are zero.
INLINE vf load_part(const float *p, size_t n) {
  vf x = {0};
  for (size_t i = 0; i < n; i++) x[i] = p[i];
  return x;
}

INLINE void store_part(float *p, vf x, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = x[i];
}

INLINE vf fma_lanes(vf a, vf b, vf c) {
#if defined(PK_AVX512) || defined(PK_AVX2) || defined(PK_NEON)
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE vf choose(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

// The larger; b where either is NaN.
INLINE vf larger(vf a, vf b) { return choose(a > b, a, b); }

// Halves are added until one lane is left: the one order of every horizontal sum.
INLINE float total(vf x) {
  float t[LANES];
  memcpy(t, &x, sizeof x);
#pragma clang loop unroll(full)
  for (int half = LANES / 2; half > 0; half /= 2)
#pragma clang loop unroll(full)
    for (int i = 0; i < half; i++) t[i] += t[i + half];
  return t[0];
}

// Half precision

INLINE vf widen_f16_lanes(vh h) {
#if defined(PK_AVX512)
  return (vf)_mm512_cvtph_ps((__m256i)h);
#elif defined(PK_AVX2)
  return (vf)_mm256_cvtph_ps((__m128i)h);
#elif defined(PK_NEON)
  return (vf)vcvt_f32_f16((float16x4_t)h);
#else
  // Giesen's shift by a magic multiplication, which also normalises subnormals; then infinity and NaN.
  vu x = __builtin_convertvector(h, vu);
  vu sign = (x & 0x8000u) << 16, magnitude = x & 0x7fffu;
  vf scaled = (vf)(magnitude << 13) * 0x1p112f;
  vu special = (vu)(magnitude >= 0x7c00u) & 0x7f800000u;
  return (vf)((vu)scaled | special | sign);
#endif
}

INLINE vh narrow_f16_lanes(vf x) {
#if defined(PK_AVX512)
  return (vh)_mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT);
#elif defined(PK_AVX2)
  return (vh)_mm256_cvtps_ph((__m256)x, _MM_FROUND_TO_NEAREST_INT);
#elif defined(PK_NEON)
  return (vh)vcvt_f16_f32((float32x4_t)x);
#else
  vu bits = (vu)x, sign = (bits & 0x80000000u) >> 16, magnitude = bits & 0x7fffffffu;
  // Normal results: rebias the exponent, round half to even on bit 13.
  vu normal = (magnitude - 0x38000000u + 0x0fffu + ((magnitude >> 13) & 1u)) >> 13;
  // Subnormal results: adding ½ places the last bit of a half where the processor rounds.
  vu subnormal = (vu)((vf)magnitude + 0.5f) - 0x3f000000u;
  vu infinite = (vu)(magnitude > 0x7f800000u) & (0x0200u | ((magnitude >> 13) & 0x3ffu));
  vu small = (vu)(magnitude < 0x38800000u), large = (vu)(magnitude >= 0x477ff000u);
  vu half = (small & subnormal) | (~small & ~large & normal) | (large & (0x7c00u | infinite));
  return __builtin_convertvector(half | sign, vh);
#endif
}

INLINE vf widen_bf16_lanes(vh h) { return (vf)(__builtin_convertvector(h, vu) << 16); }

// NaN keeps its sign and becomes quiet: rounding could carry its payload into infinity.
INLINE vh narrow_bf16_lanes(vf x) {
  vu bits = (vu)x;
  vu rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16, quiet = (bits >> 16) | 0x40u;
  vu nan = (vu)(x != x);
  return __builtin_convertvector((nan & quiet) | (~nan & rounded), vh);
}

INLINE vh load_half(const uint16_t *p) { return *(const vh_unaligned *)p; }
INLINE void store_half(uint16_t *p, vh x) { *(vh_unaligned *)p = x; }

INLINE vh load_half_part(const uint16_t *p, size_t n) {
  vh x = {0};
  for (size_t i = 0; i < n; i++) x[i] = p[i];
  return x;
}

INLINE void store_half_part(uint16_t *p, vh x, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = x[i];
}

// Bytes

// A step of `dot_bytes` covers whole groups of 16: one in each LANES/GROUPS_PER_STEP lanes.
#if defined(PK_AVX512)
#define GROUPS_PER_STEP 2
#else
#define GROUPS_PER_STEP 1
#endif

// Products of signed bytes, those of one group summed within its lanes. Exact for every byte, −128 included.
INLINE vi dot_bytes(const int8_t *a, const int8_t *b) {
#if defined(PK_AVX512)
  __m512i wide_a = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i_u *)a));
  __m512i wide_b = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i_u *)b));
  return (vi)_mm512_madd_epi16(wide_a, wide_b);
#elif defined(PK_AVX2)
  __m256i wide_a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)a));
  __m256i wide_b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)b));
  return (vi)_mm256_madd_epi16(wide_a, wide_b);
#elif defined(PK_NEON)
  return (vi)vdotq_s32(vdupq_n_s32(0), vld1q_s8(a), vld1q_s8(b));
#else
  vi sum = {0};
  for (int i = 0; i < PK_GROUP; i++) sum[i % LANES] += a[i] * b[i];
  return sum;
#endif
}

// One scale per group, spread over its lanes of `dot_bytes`.
INLINE vf spread_groups(const float *scale) {
#if defined(PK_AVX512)
  return (vf)_mm512_insertf32x8(_mm512_set1_ps(scale[0]), _mm256_set1_ps(scale[1]), 1);
#else
  return splat(scale[0]);
#endif
}
