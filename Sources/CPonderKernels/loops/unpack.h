// GGML's block formats, each to signed bytes with a scale and an offset per group of 16:
// weight = scale·q − offset. Layouts: ggml-quants.c and ggml-common.h of https://github.com/ggml-org/ggml.

INLINE float half_at(const uint8_t *p) {
  uint16_t h;
  memcpy(&h, p, 2);
  vh lanes = {h};
  return widen_f16_lanes(lanes)[0];
}

INLINE uint32_t word_at(const uint8_t *p) {
  uint32_t w;
  memcpy(&w, p, 4);
  return w;
}

INLINE void set_groups(float *p, float value, int n) {
  for (int i = 0; i < n; i++) p[i] = value;
}

// Blocks of 32

INLINE void unpack_q8_0(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  memcpy(q, b + 2, 32);
  set_groups(scale, half_at(b), 2);
  set_groups(offset, 0, 2);
}

INLINE void unpack_q4_0(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const uint8_t *nibbles = b + 2;
  for (int i = 0; i < 16; i++) {
    q[i] = (int8_t)((nibbles[i] & 15) - 8);
    q[i + 16] = (int8_t)((nibbles[i] >> 4) - 8);
  }
  set_groups(scale, half_at(b), 2);
  set_groups(offset, 0, 2);
}

INLINE void unpack_q4_1(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const uint8_t *nibbles = b + 4;
  for (int i = 0; i < 16; i++) {
    q[i] = (int8_t)(nibbles[i] & 15);
    q[i + 16] = (int8_t)(nibbles[i] >> 4);
  }
  set_groups(scale, half_at(b), 2);
  set_groups(offset, -half_at(b + 2), 2);
}

INLINE void unpack_five_bits(int8_t *q, const uint8_t *high, const uint8_t *nibbles, int bias) {
  uint32_t bits = word_at(high);
  for (int i = 0; i < 16; i++) {
    q[i] = (int8_t)((int)((nibbles[i] & 15) | ((bits >> i) & 1) << 4) - bias);
    q[i + 16] = (int8_t)((int)((uint32_t)(nibbles[i] >> 4) | ((bits >> (i + 16)) & 1) << 4) - bias);
  }
}

INLINE void unpack_q5_0(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  unpack_five_bits(q, b + 2, b + 6, 16);
  set_groups(scale, half_at(b), 2);
  set_groups(offset, 0, 2);
}

INLINE void unpack_q5_1(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  unpack_five_bits(q, b + 4, b + 8, 0);
  set_groups(scale, half_at(b), 2);
  set_groups(offset, -half_at(b + 2), 2);
}

static const int8_t nonlinear_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

INLINE void look_up_nibbles(int8_t *q, const uint8_t *nibbles) {
  for (int i = 0; i < 16; i++) {
    q[i] = nonlinear_values[nibbles[i] & 15];
    q[i + 16] = nonlinear_values[nibbles[i] >> 4];
  }
}

INLINE void unpack_iq4_nl(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  look_up_nibbles(q, b + 2);
  set_groups(scale, half_at(b), 2);
  set_groups(offset, 0, 2);
}

// Blocks of 256

INLINE void unpack_q2_k(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const uint8_t *packed = b, *pairs = b + 16;
  float d = half_at(b + 80), minimum = half_at(b + 82);
  for (int g = 0; g < 16; g++) {
    // A half of the block lies in 32 bytes; two bits of each make one run of 32.
    const uint8_t *bytes = pairs + 32 * (g / 8) + 16 * (g % 2);
    int shift = 2 * (g % 8 / 2);
    for (int i = 0; i < 16; i++) q[16 * g + i] = (int8_t)((bytes[i] >> shift) & 3);
    scale[g] = d * (float)(packed[g] & 15);
    offset[g] = minimum * (float)(packed[g] >> 4);
  }
}

INLINE void unpack_q3_k(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const uint8_t *high = b, *pairs = b + 32, *packed = b + 96;
  float d = half_at(b + 108);
  for (int g = 0; g < 16; g++) {
    const uint8_t *bytes = pairs + 32 * (g / 8) + 16 * (g % 2), *mask = high + 16 * (g % 2);
    int shift = 2 * (g % 8 / 2), bit = g / 2;
    for (int i = 0; i < 16; i++)
      q[16 * g + i] = (int8_t)(((bytes[i] >> shift) & 3) - 4 + 4 * ((mask[i] >> bit) & 1));
    // Six bits: four in the nibbles of the first eight bytes, two in the last four.
    int low = (packed[g % 8] >> (4 * (g / 8))) & 15, top = (packed[8 + g % 4] >> (2 * (g / 4))) & 3;
    scale[g] = d * (float)((low | top << 4) - 32);
    offset[g] = 0;
  }
}

// Scale and minimum of run j of eight in the 12 bytes that Q4_K and Q5_K share.
INLINE void six_bit_pair(const uint8_t *p, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = p[j] & 63;
    *minimum = p[j + 4] & 63;
  } else {
    *scale = (p[j + 4] & 15) | (p[j - 4] >> 6) << 4;
    *minimum = (p[j + 4] >> 4) | (p[j] >> 6) << 4;
  }
}

INLINE void unpack_k_scales(float *scale, float *offset, const uint8_t *b) {
  float d = half_at(b), minimum = half_at(b + 2);
  for (int j = 0; j < 8; j++) {
    int s, m;
    six_bit_pair(b + 4, j, &s, &m);
    set_groups(scale + 2 * j, d * (float)s, 2);
    set_groups(offset + 2 * j, minimum * (float)m, 2);
  }
}

INLINE void unpack_q4_k(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  for (int j = 0; j < 8; j++) {
    const uint8_t *nibbles = b + 16 + 32 * (j / 2);
    int shift = 4 * (j % 2);
    for (int i = 0; i < 32; i++) q[32 * j + i] = (int8_t)((nibbles[i] >> shift) & 15);
  }
  unpack_k_scales(scale, offset, b);
}

INLINE void unpack_q5_k(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const uint8_t *high = b + 16;
  for (int j = 0; j < 8; j++) {
    const uint8_t *nibbles = b + 48 + 32 * (j / 2);
    int shift = 4 * (j % 2);
    for (int i = 0; i < 32; i++)
      q[32 * j + i] = (int8_t)(((nibbles[i] >> shift) & 15) | ((high[i] >> j) & 1) << 4);
  }
  unpack_k_scales(scale, offset, b);
}

INLINE void unpack_q6_k(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  const int8_t *scales = (const int8_t *)(b + 192);
  float d = half_at(b + 208);
  for (int j = 0; j < 8; j++) {
    const uint8_t *low = b + 64 * (j / 4) + 32 * (j % 2), *high = b + 128 + 32 * (j / 4);
    int shift = 4 * (j % 4 / 2), high_shift = 2 * (j % 4);
    for (int i = 0; i < 32; i++)
      q[32 * j + i] = (int8_t)((((low[i] >> shift) & 15) | ((high[i] >> high_shift) & 3) << 4) - 32);
  }
  for (int g = 0; g < 16; g++) {
    scale[g] = d * (float)scales[g];
    offset[g] = 0;
  }
}

INLINE void unpack_iq4_xs(int8_t *q, float *scale, float *offset, const uint8_t *b) {
  float d = half_at(b);
  int high = b[2] | b[3] << 8;
  for (int j = 0; j < 8; j++) {
    look_up_nibbles(q + 32 * j, b + 8 + 16 * j);
    int s = ((b[4 + j / 2] >> (4 * (j % 2))) & 15) | ((high >> (2 * j)) & 3) << 4;
    set_groups(scale + 2 * j, d * (float)(s - 32), 2);
    set_groups(offset + 2 * j, 0, 2);
  }
}

#define UNPACK_ROW(name, elements, bytes)                                                                              \
  for (size_t c = 0; c < columns; c += elements, b += bytes) name(q + c, scale + c / 16, offset + c / 16, b);          \
  return 1

static int K(unpack)(int8_t *q, float *scale, float *offset, int format, const void *row, size_t columns) {
  const uint8_t *b = row;
  switch (format) {
  case PK_Q4_0: UNPACK_ROW(unpack_q4_0, 32, 18);
  case PK_Q4_1: UNPACK_ROW(unpack_q4_1, 32, 20);
  case PK_Q5_0: UNPACK_ROW(unpack_q5_0, 32, 22);
  case PK_Q5_1: UNPACK_ROW(unpack_q5_1, 32, 24);
  case PK_Q8_0: UNPACK_ROW(unpack_q8_0, 32, 34);
  case PK_IQ4_NL: UNPACK_ROW(unpack_iq4_nl, 32, 18);
  case PK_Q2_K: UNPACK_ROW(unpack_q2_k, 256, 84);
  case PK_Q3_K: UNPACK_ROW(unpack_q3_k, 256, 110);
  case PK_Q4_K: UNPACK_ROW(unpack_q4_k, 256, 144);
  case PK_Q5_K: UNPACK_ROW(unpack_q5_k, 256, 176);
  case PK_Q6_K: UNPACK_ROW(unpack_q6_k, 256, 210);
  case PK_IQ4_XS: UNPACK_ROW(unpack_iq4_xs, 256, 136);
  default: return 0;
  }
}
#undef UNPACK_ROW
