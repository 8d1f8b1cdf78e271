// The limits of one core, measured: multiply-adds that wait for nothing.

#include "ponder_peaks.h"

#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Twelve chains: more than latency times units on any processor so far.
enum { CHAINS = 12, ROUNDS = 20000 };

// One round of `STEP` on every chain is CHAINS instructions; the best of many short runs is undisturbed.
#define MEASURE(name, features, type, zero, step, operations)                                                          \
  __attribute__((target(features))) static double name(double seconds) {                                               \
    type chain[CHAINS];                                                                                                \
    for (int i = 0; i < CHAINS; i++) chain[i] = zero;                                                                  \
    double best = 0;                                                                                                   \
    for (double start = now(); now() - start < seconds;) {                                                             \
      double begin = now();                                                                                            \
      for (int round = 0; round < ROUNDS; round++) {                                                                   \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {                                          \
          step;                                                                                                        \
          __asm__ volatile("" : KEEP(chain[i]));                                                                       \
        }                                                                                                              \
      }                                                                                                                \
      double rate = (double)(operations)*CHAINS * ROUNDS / (now() - begin);                                            \
      best = rate > best ? rate : best;                                                                                \
    }                                                                                                                  \
    return best;                                                                                                       \
  }

#if defined(__x86_64__)
#define KEEP(x) "+v"(x)
#define AVX512 "avx512f,avx512bw,avx512vnni"
MEASURE(float_avx512, AVX512, __m512, _mm512_set1_ps(1), chain[i] = _mm512_fmadd_ps(chain[i], chain[i], chain[i]), 32)
MEASURE(bytes_avx512, AVX512, __m512i, _mm512_set1_epi8(1),
        chain[i] = _mm512_dpbusd_epi32(chain[i], chain[i], chain[i]), 128)
#undef KEEP
#define KEEP(x) "+x"(x)
MEASURE(float_avx2, "avx2,fma", __m256, _mm256_set1_ps(1), chain[i] = _mm256_fmadd_ps(chain[i], chain[i], chain[i]), 16)
MEASURE(bytes_avx2, "avx2,fma", __m256i, _mm256_set1_epi8(1),
        chain[i] = _mm256_add_epi32(
            chain[i], _mm256_madd_epi16(_mm256_maddubs_epi16(chain[i], chain[i]), _mm256_set1_epi16(1))),
        64)
#elif defined(__aarch64__)
#define KEEP(x) "+w"(x)
MEASURE(float_neon, "dotprod", float32x4_t, vdupq_n_f32(1), chain[i] = vfmaq_f32(chain[i], chain[i], chain[i]), 8)
MEASURE(bytes_neon, "dotprod", int32x4_t, vdupq_n_s32(1),
        chain[i] = vdotq_s32(chain[i], vreinterpretq_s8_s32(chain[i]), vreinterpretq_s8_s32(chain[i])), 32)
#endif

double pk_peak_float(const char *isa, double seconds) {
#if defined(__x86_64__)
  if (strcmp(isa, "avx512") == 0) return float_avx512(seconds);
  if (strcmp(isa, "avx2") == 0) return float_avx2(seconds);
#elif defined(__aarch64__)
  if (strcmp(isa, "neon") == 0) return float_neon(seconds);
#endif
  return 0;
}

double pk_peak_bytes(const char *isa, double seconds) {
#if defined(__x86_64__)
  if (strcmp(isa, "avx512") == 0) return bytes_avx512(seconds);
  if (strcmp(isa, "avx2") == 0) return bytes_avx2(seconds);
#elif defined(__aarch64__)
  if (strcmp(isa, "neon") == 0) return bytes_neon(seconds);
#endif
  return 0;
}

uint64_t pk_read(const uint64_t *words, size_t count) {
  uint64_t sums[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    // A core that is asked in time reads up to 1.5 times as fast as one left to its own prefetching.
    __builtin_prefetch(words + i + 1024);
    __builtin_prefetch(words + i + 1032);
    for (int j = 0; j < 16; j++) sums[j] += words[i + (size_t)j];
  }
  for (; i < count; i++) sums[0] += words[i];
  for (int j = 1; j < 16; j++) sums[0] += sums[j];
  return sums[0];
}
