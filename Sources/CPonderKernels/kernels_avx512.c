// Sixteen lanes and byte dot products: Cascade Lake, Ice Lake, Zen 4 and later.

#if defined(__x86_64__)

#include <immintrin.h>

#include "loops/tables.h"

// Multiply-adds fuse where the loops say so and nowhere else.
#pragma clang fp contract(off)
#pragma clang attribute push(__attribute__((target(                                                                    \
    "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))),                         \
                             apply_to = function)

#define PK_AVX512
#include "loops/lanes.h"

#define ISA avx512
#include "loops/table.h"

#pragma clang attribute pop

const pk_kernels pk_kernels_avx512 = PK_TABLE("avx512");

#endif
