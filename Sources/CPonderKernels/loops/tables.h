// The tables that this build has, one per kernels_*.c.

#include "ponder_kernels.h"

extern const pk_kernels pk_kernels_scalar;
#if defined(__x86_64__)
extern const pk_kernels pk_kernels_avx2;
extern const pk_kernels pk_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const pk_kernels pk_kernels_neon;
#endif
