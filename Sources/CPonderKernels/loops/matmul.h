// The float products of one instruction set.

// COUNT_TILE rows of activations by ROW_TILE of weights: sixteen registers hold 4 × 2 sums with their operands, thirty-two
// 6 × 4. The more of each, the fewer loads for a multiply-add.
#if defined(PK_AVX512)
#define COUNT_TILE 6
#define ROW_TILE 4
#elif defined(PK_AVX2)
#define COUNT_TILE 4
#define ROW_TILE 2
#else
#define COUNT_TILE 4
#define ROW_TILE 4
#endif

enum { FLOAT_BLOCK = 4 * COUNT_TILE };

#define MATMUL matmul_f32
#define TILE tile_f32
#define WEIGHT float
#define LOAD load
#define LOAD_PART load_part
#include "float_matmul.h"

INLINE vf load_f16(const uint16_t *p) { return widen_f16_lanes(load_half(p)); }
INLINE vf load_f16_part(const uint16_t *p, size_t n) { return widen_f16_lanes(load_half_part(p, n)); }

#define MATMUL matmul_f16
#define TILE tile_f16
#define WEIGHT uint16_t
#define LOAD load_f16
#define LOAD_PART load_f16_part
#include "float_matmul.h"

INLINE vf load_bf16(const uint16_t *p) { return widen_bf16_lanes(load_half(p)); }
INLINE vf load_bf16_part(const uint16_t *p, size_t n) { return widen_bf16_lanes(load_half_part(p, n)); }

#define MATMUL matmul_bf16
#define TILE tile_bf16
#define WEIGHT uint16_t
#define LOAD load_bf16
#define LOAD_PART load_bf16_part
#include "float_matmul.h"
