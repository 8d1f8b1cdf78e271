#ifndef PONDER_PEAKS_H
#define PONDER_PEAKS_H

#include <stddef.h>
#include <stdint.h>

/// Operations a second (a multiply-add is two) of independent multiply-adds in registers, on this thread: what no
/// kernel can exceed. `isa` as in `pk_named`; 0 where it was not built. The processor must be able to run it.
double pk_peak_float(const char *isa, double seconds);

/// The same for products of bytes summed into 32 bits, by the instructions that the packed kernels use.
double pk_peak_bytes(const char *isa, double seconds);

/// Adds up the words of a buffer, so that every cache line of it is read.
uint64_t pk_read(const uint64_t *words, size_t count);

#endif
