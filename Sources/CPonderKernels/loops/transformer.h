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

static void K(attention_scores)(float *scores, const float *query, const float *keys, size_t count, size_t dimension,
                                size_t stride, float scale) {
  for (size_t t = 0; t < count; t++) scores[t] = K(dot)(query, keys + t * stride, dimension) * scale;
}

// Columns outside, positions inside: a register's worth of the sum stays put while the values stream by.
static void K(attention_sum)(float *out, const float *weights, const float *values, size_t count, size_t dimension,
                             size_t stride) {
  size_t i = 0;
  for (; i + 4 * LANES <= dimension; i += 4 * LANES) {
    vf s0 = load(out + i), s1 = load(out + i + LANES), s2 = load(out + i + 2 * LANES), s3 = load(out + i + 3 * LANES);
    for (size_t t = 0; t < count; t++) {
      const float *v = values + t * stride + i;
      vf w = splat(weights[t]);
      s0 = fma_lanes(w, load(v), s0);
      s1 = fma_lanes(w, load(v + LANES), s1);
      s2 = fma_lanes(w, load(v + 2 * LANES), s2);
      s3 = fma_lanes(w, load(v + 3 * LANES), s3);
    }
    store(out + i, s0);
    store(out + i + LANES, s1);
    store(out + i + 2 * LANES, s2);
    store(out + i + 3 * LANES, s3);
  }
  for (; i + LANES <= dimension; i += LANES) {
    vf s = load(out + i);
    for (size_t t = 0; t < count; t++) s = fma_lanes(splat(weights[t]), load(values + t * stride + i), s);
    store(out + i, s);
  }
  if (i < dimension) {
    size_t left = dimension - i;
    vf s = load_part(out + i, left);
    for (size_t t = 0; t < count; t++) s = fma_lanes(splat(weights[t]), load_part(values + t * stride + i, left), s);
    store_part(out + i, s, left);
  }
}
