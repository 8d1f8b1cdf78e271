// Elementwise kernels and reductions.

// Cephes' polynomial after reduction by ln 2 in two parts, then a scaling in two steps so that the extremes of the
// exponent neither overflow early nor lose subnormals.
INLINE vf exp_lanes(vf x) {
  // Beyond these the result is 0 or ∞ anyway. Comparisons leave NaN in place.
  x = choose(x > splat(89.0f), splat(89.0f), x);
  x = choose(x < splat(-104.0f), splat(-104.0f), x);
  // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
  const vf magic = splat(12582912.0f);
  vf shifted = fma_lanes(x, splat(1.44269504f), magic);
  vf n = shifted - magic;
  vf r = fma_lanes(n, splat(-0.693359375f), x);
  r = fma_lanes(n, splat(2.12194440e-4f), r);
  vf p = splat(1.9875691500e-4f);
  p = fma_lanes(p, r, splat(1.3981999507e-3f));
  p = fma_lanes(p, r, splat(8.3334519073e-3f));
  p = fma_lanes(p, r, splat(4.1665795894e-2f));
  p = fma_lanes(p, r, splat(1.6666665459e-1f));
  p = fma_lanes(p, r, splat(5.0000001201e-1f));
  p = fma_lanes(p, r * r, r) + 1.0f;
  vi exponent = (vi)shifted - (vi)magic;
  vi half = exponent >> 1;
  return p * (vf)((half + 127) << 23) * (vf)((exponent - half + 127) << 23);
}

static float K(dot)(const float *a, const float *b, size_t n) {
  // Four chains hide the latency of the multiplication.
  vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  size_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 = fma_lanes(load(a + i), load(b + i), s0);
    s1 = fma_lanes(load(a + i + LANES), load(b + i + LANES), s1);
    s2 = fma_lanes(load(a + i + 2 * LANES), load(b + i + 2 * LANES), s2);
    s3 = fma_lanes(load(a + i + 3 * LANES), load(b + i + 3 * LANES), s3);
  }
  for (; i + LANES <= n; i += LANES) s0 = fma_lanes(load(a + i), load(b + i), s0);
  if (i < n) s1 = fma_lanes(load_part(a + i, n - i), load_part(b + i, n - i), s1);
  return total((s0 + s1) + (s2 + s3));
}

static float K(sum)(const float *x, size_t n) {
  vf s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  size_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 += load(x + i);
    s1 += load(x + i + LANES);
    s2 += load(x + i + 2 * LANES);
    s3 += load(x + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += load(x + i);
  if (i < n) s1 += load_part(x + i, n - i);
  return total((s0 + s1) + (s2 + s3));
}

static float K(maximum)(const float *x, size_t n) {
  vf best = splat(-__builtin_inff());
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) best = larger(load(x + i), best);
  float m = -__builtin_inff();
  for (int lane = 0; lane < LANES; lane++) m = best[lane] > m ? best[lane] : m;
  for (; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

static size_t K(argmax)(const float *x, size_t n) {
  float m = K(maximum)(x, n);
  for (size_t i = 0; i < n; i++)
    if (x[i] == m) return i;
  return 0;
}

static void K(add)(float *out, const float *a, const float *b, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, load(a + i) + load(b + i));
  for (; i < n; i++) out[i] = a[i] + b[i];
}

static void K(multiply)(float *out, const float *a, const float *b, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, load(a + i) * load(b + i));
  for (; i < n; i++) out[i] = a[i] * b[i];
}

static void K(axpy)(float *y, float a, const float *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, fma_lanes(splat(a), load(x + i), load(y + i)));
  if (i < n) store_part(y + i, fma_lanes(splat(a), load_part(x + i, n - i), load_part(y + i, n - i)), n - i);
}

static void K(exponential)(float *out, const float *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, exp_lanes(load(x + i)));
  if (i < n) store_part(out + i, exp_lanes(load_part(x + i, n - i)), n - i);
}

static void K(widen_f16)(float *out, const uint16_t *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, widen_f16_lanes(load_half(x + i)));
  if (i < n) store_part(out + i, widen_f16_lanes(load_half_part(x + i, n - i)), n - i);
}

static void K(widen_bf16)(float *out, const uint16_t *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, widen_bf16_lanes(load_half(x + i)));
  if (i < n) store_part(out + i, widen_bf16_lanes(load_half_part(x + i, n - i)), n - i);
}

static void K(narrow_f16)(uint16_t *out, const float *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store_half(out + i, narrow_f16_lanes(load(x + i)));
  if (i < n) store_half_part(out + i, narrow_f16_lanes(load_part(x + i, n - i)), n - i);
}

static void K(narrow_bf16)(uint16_t *out, const float *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) store_half(out + i, narrow_bf16_lanes(load(x + i)));
  if (i < n) store_half_part(out + i, narrow_bf16_lanes(load_part(x + i, n - i)), n - i);
}
