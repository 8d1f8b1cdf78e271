// Eight lanes: Haswell, Zen and later.

#if defined(__x86_64__)

#include <immintrin.h>

#include "loops/tables.h"

// Multiply-adds fuse where the loops say so and nowhere else.
#pragma clang fp contract(off)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define PK_AVX2
#include "loops/lanes.h"

#define ISA avx2
#include "loops/table.h"

#pragma clang attribute pop

const pk_kernels pk_kernels_avx2 = PK_TABLE("avx2");

#endif
