// Four lanes and byte dot products: Armv8.2 and later, every Apple processor with macOS on it.

#if defined(__aarch64__)

#include <arm_neon.h>

#include "loops/tables.h"

// Multiply-adds fuse where the loops say so and nowhere else.
#pragma clang fp contract(off)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define PK_NEON
#include "loops/lanes.h"

#define ISA neon
#include "loops/table.h"

#pragma clang attribute pop

const pk_kernels pk_kernels_neon = PK_TABLE("neon");

#endif
