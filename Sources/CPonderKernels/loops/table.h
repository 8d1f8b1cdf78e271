// Every loop of one instruction set and the table that lists them.

// K(dot) is dot_avx2 where ISA is avx2. Two more steps, so that arguments and ISA are themselves expanded.
#define K(name) JOIN(name, ISA)
#define JOIN(name, isa) JOIN_EXPANDED(name, isa)
#define JOIN_EXPANDED(name, isa) name##_##isa

#include "vectors.h"

#include "transformer.h"

#include "matmul.h"

#include "unpack.h"

#include "quantized.h"

#include "ordered.h"

#include "packed.h"

#include "pack.h"

#include "attention.h"

#define PK_TABLE(label)                                                                                                \
  {                                                                                                                    \
    .name = label, .dot = K(dot), .sum = K(sum), .maximum = K(maximum), .argmax = K(argmax), .add = K(add),            \
    .multiply = K(multiply), .axpy = K(axpy), .exponential = K(exponential), .rmsnorm = K(rmsnorm),                    \
    .softmax = K(softmax), .silu_multiply = K(silu_multiply), .rotate_halves = K(rotate_halves),                       \
    .rotate_pairs = K(rotate_pairs), .widen_f16 = K(widen_f16), .widen_bf16 = K(widen_bf16), .narrow_f16 = K(narrow_f16),                               \
    .narrow_bf16 = K(narrow_bf16), .matmul_f32 = K(matmul_f32), .matmul_f16 = K(matmul_f16),                           \
    .matmul_bf16 = K(matmul_bf16), .unpack = K(unpack), .dequantize = K(dequantize), .quantize = K(quantize),          \
    .matmul_q8 = K(matmul_q8), .pack = K(pack), .quantize_packed = K(quantize_packed),                                 \
    .quantize_four = K(quantize_four), .matmul_packed = K(matmul_packed), .attend = K(attend),                         \
    .cache_store = K(cache_store),                                                                                     \
  }
