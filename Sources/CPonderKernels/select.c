// Which kernels this processor can run. The one place that asks.

#include <string.h>

#include "loops/tables.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#if defined(__x86_64__)
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni");
}
#endif

#if defined(__aarch64__)
static int has_dot_products(void) {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & (1ul << 20)) != 0;  // HWCAP_ASIMDDP
#else
  return 1;
#endif
}
#endif

const pk_kernels *pk_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(name, "avx512") == 0) return has_avx512() ? &pk_kernels_avx512 : 0;
  if (strcmp(name, "avx2") == 0) return has_avx2() ? &pk_kernels_avx2 : 0;
#endif
#if defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return has_dot_products() ? &pk_kernels_neon : 0;
#endif
  return strcmp(name, "scalar") == 0 ? &pk_kernels_scalar : 0;
}

const pk_kernels *pk_select(void) {
  static const char *const best_first[] = {"avx512", "avx2", "neon"};
  for (size_t i = 0; i < sizeof best_first / sizeof *best_first; i++) {
    const pk_kernels *kernels = pk_named(best_first[i]);
    if (kernels) return kernels;
  }
  return &pk_kernels_scalar;
}
