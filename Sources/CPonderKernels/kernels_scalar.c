// Portable kernels: four-lane vectors that the compiler lowers to the baseline of the target.

#include "loops/tables.h"

// No fused multiply-add here, so that the results are the same on every processor.
#pragma clang fp contract(off)

#include "loops/lanes.h"

#define ISA scalar
#include "loops/table.h"

const pk_kernels pk_kernels_scalar = PK_TABLE("scalar");
