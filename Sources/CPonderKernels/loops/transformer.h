// What a transformer layer does between its matrix products.

static void K(rmsnorm)(float *out, const float *x, const float *weight, size_t n, float epsilon) {
  float scale = 1.0f / __builtin_sqrtf(K(dot)(x, x, n) / (float)n + epsilon);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, load(x + i) * scale * load(weight + i));
  for (; i < n; i++) out[i] = x[i] * scale * weight[i];
}

static void K(softmax)(float *x, size_t n) {
  float m = K(maximum)(x, n);
  // Masked everywhere: −∞ − −∞ would be NaN. Subtracting 0 leaves eˣ of −∞, zeros, and lets NaN through.
  int masked = m == -__builtin_inff();
  if (masked) m = 0;
  vf sums = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    vf e = exp_lanes(load(x + i) - m);
    store(x + i, e);
    sums += e;
  }
  if (i < n) {
    size_t left = n - i;
    store_part(x + i, exp_lanes(load_part(x + i, left) - m), left);
    sums += load_part(x + i, left);
  }
  float sum = total(sums);
  if (masked && sum == 0) return;
  float inverse = 1.0f / sum;
  for (i = 0; i + LANES <= n; i += LANES) store(x + i, load(x + i) * inverse);
  for (; i < n; i++) x[i] *= inverse;
}

INLINE vf silu_lanes(vf x) { return x / (exp_lanes(-x) + 1.0f); }

static void K(silu_multiply)(float *out, const float *gate, const float *up, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, silu_lanes(load(gate + i)) * load(up + i));
  if (i < n) store_part(out + i, silu_lanes(load_part(gate + i, n - i)) * load_part(up + i, n - i), n - i);
}

static void K(rotate_halves)(float *x, const float *cosines, const float *sines, size_t heads, size_t dimension,
                             size_t rotary) {
  size_t half = rotary / 2;
  for (size_t head = 0; head < heads; head++, x += dimension) {
    size_t i = 0;
    for (; i + LANES <= half; i += LANES) {
      vf a = load(x + i), b = load(x + half + i), c = load(cosines + i), s = load(sines + i);
      store(x + i, a * c - b * s);
      store(x + half + i, a * s + b * c);
    }
    for (; i < half; i++) {
      float a = x[i], b = x[half + i];
      x[i] = a * cosines[i] - b * sines[i];
      x[half + i] = a * sines[i] + b * cosines[i];
    }
  }
}

static void K(rotate_pairs)(float *x, const float *cosines, const float *sines, size_t heads, size_t dimension,
                            size_t rotary) {
  for (size_t head = 0; head < heads; head++, x += dimension)
    for (size_t i = 0; i < rotary / 2; i++) {
      float a = x[2 * i], b = x[2 * i + 1];
      x[2 * i] = a * cosines[i] - b * sines[i];
      x[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
}
