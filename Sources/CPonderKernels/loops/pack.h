// Unpacked rows to panels. The layout is described in packed.h.

// `rows` ≤ 32 unpacked rows to one panel; scales are divided by the multiplier of their channel and rounded to half
// precision.
static void K(pack)(void *panel, const int8_t *q, const float *scale, const float *offset, const float *multipliers,
                    int layout, size_t rows, size_t columns) {
  int four_bits = (layout & PK_PACKED_4) != 0, halves = layout & PK_PACKED_HALVES ? 2 : 1;
  int has_offsets = (layout & PK_PACKED_OFFSETS) != 0;
  packed_layout of_blocks = {four_bits, halves, has_offsets};
  size_t size = block_size(of_blocks);
  memset(panel, 0, columns / 32 * size);
  for (size_t r = 0; r < rows; r++) {
    float inverse = 1.0f / multipliers[r];
    uint8_t *block = panel;
    for (size_t c = 0; c < columns; c += 32, block += size) {
      for (size_t i = 0; i < 32; i++) {
        int value = q[r * columns + c + i];
        size_t step = i / 4;
        if (four_bits) {
          uint8_t nibble = (uint8_t)(has_offsets ? value : value + 8);
          block[step / 2 * 128 + 4 * r + i % 4] |= (uint8_t)(nibble << (step % 2 * 4));
        } else {
          block[i / INPUTS_PER_WORD * 32 * INPUTS_PER_WORD + INPUTS_PER_WORD * r + i % INPUTS_PER_WORD] =
              (uint8_t)(value + BYTE_ZERO);
        }
      }
      for (int half = 0; half < halves; half++) {
        size_t group = r * (columns / 16) + c / 16 + (size_t)half;
        float values[2] = {scale[group] * inverse, offset[group] * inverse};
        uint16_t rounded[2];
        K(narrow_f16)(rounded, values, 2);
        uint8_t *at = block + byte_count(of_blocks) + 64 * half + 2 * r;
        memcpy(at, rounded, 2);
        if (has_offsets) memcpy(at + 64 * halves, rounded + 1, 2);
      }
    }
  }
}
