// Attention over the blocks of the key-value cache.
//
// A panel holds 16 positions of one key/value head: keys [d][16], values [16][d], then with 8 bits the positions' key
// scales [16] and value scales [16]. Keys lie across positions, so that scores come out as vectors of positions with no
// horizontal sum.
//
// Queries walk in steps of 64 positions, which begin at multiples of 64, with an online softmax (Milakov and Gimelshein
// 2018, arXiv:1805.02867) from step to step. Each score is one chain of multiply-adds down the dimension, each element
// of the sum one chain along the positions that its query sees, so no bit depends on which queries share a tile.

enum {
  PANELS = PK_STEP / PK_PANEL,
  STEP_VECTORS = PK_STEP / LANES,
  QUERY_TILE = 6,
  // Queries between keys and values: with their scores and one of the two they fit in the first level of the cache.
  QUERY_BATCH = 24,
};

// Vectors that a tile of so many queries takes: enough chains to hide the latency of a multiply-add, and no more than
// there are registers for.
INLINE int tile_vectors(int queries) {
#if defined(PK_AVX512)
  return queries > 0 ? 4 : 0;
#elif defined(PK_NEON)
  return queries < 3 ? 8 : 4;
#else
  return queries < 2 ? 8 : queries < 4 ? 4 : 2;
#endif
}

// Queries that meet the same 64 positions: where they are and which of the positions each sees.
typedef struct {
  const float *queries[QUERY_BATCH];
  float *sums[QUERY_BATCH], *weights[QUERY_BATCH], *maxima[QUERY_BATCH];
  size_t first[QUERY_BATCH], last[QUERY_BATCH];
  size_t count;
  float scores[QUERY_BATCH][PK_STEP];
} K(meeting);

// Panels as floats

INLINE vf widen_bytes(const int8_t *p) {
  vb bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(__builtin_convertvector(bytes, vi), vf);
}

static const float *K(panel_keys)(float *out, const void *panel, int format, size_t d) {
  const int8_t *bytes = panel;
  const float *scales = (const float *)(const void *)(bytes + 2 * PK_PANEL * d);
  switch (format) {
  case PK_CACHE_F32: return panel;
  case PK_CACHE_F16: K(widen_f16)(out, panel, PK_PANEL * d); return out;
  default:
    for (size_t i = 0; i < PK_PANEL * d; i += PK_PANEL)
      for (size_t v = 0; v < PK_PANEL; v += LANES) store(out + i + v, widen_bytes(bytes + i + v) * load(scales + v));
    return out;
  }
}

// Rows of `width` floats, d rounded up to whole vectors.
static const float *K(panel_values)(float *out, const void *panel, int format, size_t d, size_t width) {
  const int8_t *bytes = (const int8_t *)panel + PK_PANEL * d;
  const float *scales = (const float *)(const void *)(bytes + PK_PANEL * d) + PK_PANEL;
  const uint16_t *halves = (const uint16_t *)panel + PK_PANEL * d;
  const float *floats = (const float *)panel + PK_PANEL * d;
  if (format == PK_CACHE_F32 && d == width) return floats;
  if (format == PK_CACHE_F16 && d == width) return K(widen_f16)(out, halves, PK_PANEL * d), out;
  size_t whole = d / LANES * LANES;
  for (size_t t = 0; t < PK_PANEL; t++, out += width, bytes += d, halves += d, floats += d) {
    for (size_t i = 0; i < whole; i += LANES)
      store(out + i, format == PK_CACHE_F32   ? load(floats + i)
                     : format == PK_CACHE_F16 ? widen_f16_lanes(load_half(halves + i))
                                              : widen_bytes(bytes + i) * scales[t]);
    if (whole == d) continue;
    vf rest = {0};
    if (format == PK_CACHE_F32) rest = load_part(floats + whole, d - whole);
    else if (format == PK_CACHE_F16) rest = widen_f16_lanes(load_half_part(halves + whole, d - whole));
    else
      for (size_t i = whole; i < d; i++) rest[i - whole] = (float)bytes[i] * scales[t];
    store(out + whole, rest);
  }
  return out - PK_PANEL * width;
}

// Scores

INLINE void score_tile(K(meeting) *m, size_t q, const float *const *keys, size_t d, size_t vector, const int q_count,
                       const int v_count) {
  vf sums[QUERY_TILE][8] = {0};
  const float *k[8], *x[QUERY_TILE];
  UNROLLED for (int v = 0; v < v_count; v++) {
    size_t at = (vector + (size_t)v) * LANES;
    k[v] = keys[at / PK_PANEL] + at % PK_PANEL;
  }
  UNROLLED for (int i = 0; i < q_count; i++) x[i] = m->queries[q + (size_t)i];
  for (size_t c = 0; c < d; c++) {
    vf column[8];
    UNROLLED for (int v = 0; v < v_count; v++) column[v] = load(k[v] + c * PK_PANEL);
    UNROLLED for (int i = 0; i < q_count; i++)
      UNROLLED for (int v = 0; v < v_count; v++) sums[i][v] = fma_lanes(splat(x[i][c]), column[v], sums[i][v]);
  }
  UNROLLED for (int i = 0; i < q_count; i++)
    UNROLLED for (int v = 0; v < v_count; v++)
      store(m->scores[q + (size_t)i] + (vector + (size_t)v) * LANES, sums[i][v]);
}

// The scores of queries q..<q + q_count where any of them sees something; what the others do not see is not read.
INLINE void score_queries(K(meeting) *m, size_t q, const float *const *keys, size_t d, const int q_count) {
  const size_t step = (size_t)tile_vectors(q_count);
  size_t first = PK_STEP, last = 0;
  for (int i = 0; i < q_count; i++) {
    size_t begin = m->first[q + (size_t)i], end = m->last[q + (size_t)i];
    first = begin < first ? begin : first, last = end > last ? end : last;
  }
  for (size_t v = first / LANES / step * step; v * LANES < last; v += step)
    score_tile(m, q, keys, d, v, q_count, tile_vectors(q_count));
}

// Softmax

INLINE vi lanes_inside(size_t vector, size_t first, size_t last) {
  vi lane;
  for (int i = 0; i < LANES; i++) lane[i] = i;
  lane += (int32_t)(vector * LANES);
  return (lane >= (int32_t)first) & (lane < (int32_t)last);
}

// eˣ for x ≤ 0, as `exp_lanes` without what only large and subnormal results need: below −86, 2·10⁻³⁸ of the largest
// weight, it is 0. NaN stays.
INLINE vf exp_below_zero(vf x) {
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
  p *= (vf)(((vi)shifted - (vi)magic + 127) << 23);
  return choose(x < splat(-86.0f), (vf){0}, p);
}

INLINE float largest_lane(vf x) {
  float t[LANES];
  memcpy(t, &x, sizeof x);
  UNROLLED for (int half = LANES / 2; half > 0; half /= 2)
    UNROLLED for (int i = 0; i < half; i++) t[i] = t[i + half] > t[i] ? t[i + half] : t[i];
  return t[0];
}

// What is to be subtracted from a query's scores: their maximum so far. Brings what was summed before to it. Positions
// that the query does not see become −∞, whatever their scores are; where all are, nothing is subtracted, as in softmax.
static float K(largest_score)(K(meeting) *m, size_t q, size_t width) {
  float *scores = m->scores[q];
  size_t first = m->first[q], last = m->last[q];
  vf largest = splat(-__builtin_inff());
  for (size_t v = first / LANES; v * LANES < last; v++) {
    vf s = load(scores + v * LANES);
    if (v * LANES < first || (v + 1) * LANES > last) {
      s = choose(lanes_inside(v, first, last), s, splat(-__builtin_inff()));
      store(scores + v * LANES, s);
    }
    largest = larger(s, largest);
  }
  float old = *m->maxima[q], maximum = largest_lane(largest);
  maximum = maximum > old ? maximum : old;
  float base = maximum == -__builtin_inff() ? 0 : maximum;
  if (maximum != old) {
    vf factor = exp_below_zero(splat(old - base));
    store(m->weights[q], load(m->weights[q]) * factor);
    for (size_t i = 0; i < width; i += LANES) store(m->sums[q] + i, load(m->sums[q] + i) * factor);
    *m->maxima[q] = maximum;
  }
  return base;
}

// Turns scores to weights e^(score − maximum). The maxima of all queries first, so that nothing waits for them.
static void K(weigh)(K(meeting) *m, size_t width) {
  float bases[QUERY_BATCH];
  for (size_t q = 0; q < m->count; q++) bases[q] = K(largest_score)(m, q, width);
  for (size_t q = 0; q < m->count; q++) {
    vf sum = load(m->weights[q]), base = splat(bases[q]);
    for (size_t v = m->first[q] / LANES; v * LANES < m->last[q]; v++) {
      vf w = exp_below_zero(load(m->scores[q] + v * LANES) - base);
      store(m->scores[q] + v * LANES, w);
      sum += w;
    }
    store(m->weights[q], sum);
  }
}

// Weighted sums of the values

INLINE void sum_tile(K(meeting) *m, size_t q, const float *const *values, size_t width, size_t column,
                     const int q_count, const int v_count) {
  vf sums[QUERY_TILE][8];
  const float *weights = m->scores[q];
  size_t first = m->first[q], last = m->last[q];
  UNROLLED for (int i = 0; i < q_count; i++)
    UNROLLED for (int v = 0; v < v_count; v++) sums[i][v] = load(m->sums[q + (size_t)i] + column + (size_t)v * LANES);
  for (size_t panel = first / PK_PANEL; panel * PK_PANEL < last; panel++) {
    size_t begin = panel * PK_PANEL, end = begin + PK_PANEL < last ? begin + PK_PANEL : last;
    const float *value = values[panel] + column;
    if (begin < first) value += (first - begin) * width, begin = first;
    for (size_t t = begin; t < end; t++, value += width) {
      vf row[8];
      UNROLLED for (int v = 0; v < v_count; v++) row[v] = load(value + v * LANES);
      UNROLLED for (int i = 0; i < q_count; i++)
        UNROLLED for (int v = 0; v < v_count; v++)
          sums[i][v] = fma_lanes(splat(weights[(size_t)i * PK_STEP + t]), row[v], sums[i][v]);
    }
  }
  UNROLLED for (int i = 0; i < q_count; i++)
    UNROLLED for (int v = 0; v < v_count; v++) store(m->sums[q + (size_t)i] + column + (size_t)v * LANES, sums[i][v]);
}

// Queries q..<q + q_count see the same positions.
INLINE void sum_queries(K(meeting) *m, size_t q, const float *const *values, size_t width, const int q_count) {
  size_t i = 0;
  for (; i + (size_t)tile_vectors(q_count) * LANES <= width; i += (size_t)tile_vectors(q_count) * LANES)
    sum_tile(m, q, values, width, i, q_count, tile_vectors(q_count));
  if (tile_vectors(q_count) > 4)
    for (; i + 4 * LANES <= width; i += 4 * LANES) sum_tile(m, q, values, width, i, q_count, 4);
  if (tile_vectors(q_count) > 2)
    for (; i + 2 * LANES <= width; i += 2 * LANES) sum_tile(m, q, values, width, i, q_count, 2);
  for (; i < width; i += LANES) sum_tile(m, q, values, width, i, q_count, 1);
}

// Steps

static void K(meet)(K(meeting) *m, const float *const *keys, const float *const *values, size_t d, size_t width) {
  for (size_t q = 0; q < m->count;) {
    size_t left = m->count - q;
    switch (left) {
    case 1: score_queries(m, q, keys, d, 1); break;
    case 2: score_queries(m, q, keys, d, 2); break;
    case 3: score_queries(m, q, keys, d, 3); break;
    case 4: score_queries(m, q, keys, d, 4); break;
    case 5: score_queries(m, q, keys, d, 5); break;
    default: score_queries(m, q, keys, d, QUERY_TILE);
    }
    q += left < QUERY_TILE ? left : QUERY_TILE;
  }
  K(weigh)(m, width);
  for (size_t q = 0; q < m->count;) {
    size_t same = 1;
    while (q + same < m->count && same < QUERY_TILE && m->first[q + same] == m->first[q] &&
           m->last[q + same] == m->last[q])
      same++;
    switch (same) {
    case 1: sum_queries(m, q, values, width, 1); break;
    case 2: sum_queries(m, q, values, width, 2); break;
    case 3: sum_queries(m, q, values, width, 3); break;
    case 4: sum_queries(m, q, values, width, 4); break;
    case 5: sum_queries(m, q, values, width, 5); break;
    default: sum_queries(m, q, values, width, QUERY_TILE);
    }
    q += same;
  }
  m->count = 0;
}

// Which of the 64 positions from `start` a query at `position` sees: first..<last.
INLINE void visible(size_t position, size_t window, size_t start, size_t *first, size_t *last) {
  size_t end = position + 1, begin = end > window ? end - window : 0;
  *first = begin > start ? begin - start : 0;
  *last = end > start ? end - start : 0;
  if (*last > PK_STEP) *last = PK_STEP;
}

static void K(attend)(const pk_attention *a, const pk_attention_step *steps, size_t step_count) {
  size_t d = a->dimension, width = (d + LANES - 1) / LANES * LANES, queries = a->row_count * a->group;
  float *sums = a->workspace, *weights = sums + queries * width, *maxima = weights + queries * LANES;
  float *scaled = maxima + queries, *key_floats = scaled + queries * d, *value_floats = key_floats + PK_STEP * d;
  for (size_t i = 0; i < queries * (width + LANES); i++) sums[i] = 0;
  for (size_t q = 0; q < queries; q++) {
    maxima[q] = -__builtin_inff();
    // Side by side: rows that are far apart would meet in the same sets of the cache.
    const float *query = a->queries + a->rows[a->first_row + q / a->group] * a->stride + q % a->group * d;
    for (size_t i = 0; i < d; i++) scaled[q * d + i] = query[i] * a->scale;
  }

  K(meeting) m;
  m.count = 0;
  for (const pk_attention_step *step = steps; step < steps + step_count; step++) {
    size_t row = step->first_row > a->first_row ? step->first_row : a->first_row;
    size_t end = step->first_row + step->row_count, a_end = a->first_row + a->row_count;
    if (end > a_end) end = a_end;
    size_t first, last, reach = 0;
    for (size_t r = row; r < end; r++) {
      visible(a->positions[r], a->window, step->start, &first, &last);
      if (first < last && last > reach) reach = last;
    }
    if (reach == 0) continue;
    const float *keys[PANELS], *values[PANELS];
    for (size_t p = 0; p < PANELS; p++) {
      if (p * PK_PANEL >= reach) {
        // A tile of scores may run on over what nobody sees: there it reads the first panel again.
        keys[p] = keys[0], values[p] = values[0];
        continue;
      }
      const void *panel = (const char *)step->blocks[p] + a->offset;
      keys[p] = K(panel_keys)(key_floats + p * PK_PANEL * d, panel, a->format, d);
      values[p] = K(panel_values)(value_floats + p * PK_PANEL * width, panel, a->format, d, width);
    }
    for (; row < end; row++) {
      visible(a->positions[row], a->window, step->start, &first, &last);
      if (first >= last) continue;
      for (size_t head = 0; head < a->group; head++) {
        size_t q = (row - a->first_row) * a->group + head;
        m.queries[m.count] = scaled + q * d;
        m.sums[m.count] = sums + q * width, m.weights[m.count] = weights + q * LANES;
        m.maxima[m.count] = maxima + q;
        m.first[m.count] = first, m.last[m.count] = last;
        if (++m.count == QUERY_BATCH) K(meet)(&m, keys, values, d, width);
      }
    }
    if (m.count > 0) K(meet)(&m, keys, values, d, width);
  }

  for (size_t q = 0; q < queries; q++) {
    float weight = total(load(weights + q * LANES)), inverse = weight == 0 ? 0 : 1.0f / weight;
    float *out = a->out + a->rows[a->first_row + q / a->group] * a->stride + q % a->group * d;
    for (size_t i = 0; i < d; i++) out[i] = sums[q * width + i] * inverse;
  }
}

// Storage

// To −127…127 with one scale. A non-finite element makes the scale NaN; what stays below 2⁻¹⁰⁰ counts as zero.
INLINE float quantize_position(int8_t *q, size_t stride, const float *x, size_t n) {
  float largest = 0, rest = 0;
  for (size_t i = 0; i < n; i++) {
    float magnitude = __builtin_fabsf(x[i]);
    largest = magnitude > largest ? magnitude : largest;
    rest += x[i] - x[i];
  }
  int empty = !(largest >= 0x1p-100f), broken = rest != 0;
  float inverse = empty || broken ? 0 : 127.0f / largest;
  for (size_t i = 0; i < n; i++) q[i * stride] = broken ? 0 : (int8_t)__builtin_rintf(x[i] * inverse);
  return broken ? __builtin_nanf("") : empty ? 0 : largest / 127.0f;
}

static void K(cache_store)(void *panel, int format, size_t position, const float *key, const float *value, size_t d) {
  size_t keys = PK_PANEL * d, at = keys + position * d;
  switch (format) {
  case PK_CACHE_F32:
    for (size_t i = 0; i < d; i++) ((float *)panel)[i * PK_PANEL + position] = key[i];
    memcpy((float *)panel + at, value, d * sizeof *value);
    break;
  case PK_CACHE_F16: {
    uint16_t *halves = panel;
    for (size_t i = 0; i < d; i += LANES) {
      size_t count = d - i < LANES ? d - i : LANES;
      vh narrow = narrow_f16_lanes(count < LANES ? load_part(key + i, count) : load(key + i));
      for (size_t lane = 0; lane < count; lane++) halves[(i + lane) * PK_PANEL + position] = narrow[lane];
    }
    K(narrow_f16)(halves + at, value, d);
    break;
  }
  default: {
    int8_t *bytes = panel;
    float *scales = (float *)(void *)(bytes + 2 * keys);
    scales[position] = quantize_position(bytes + position, PK_PANEL, key, d);
    scales[PK_PANEL + position] = quantize_position(bytes + at, 1, value, d);
  }
  }
}
