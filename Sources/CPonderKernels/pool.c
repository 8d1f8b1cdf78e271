// A pool of threads for regions of some microseconds.
//
// Parts are claimed one by one from a shared count, so a thread that lost its processor holds nobody up but by the part
// that it is in. Who finds nothing to do spins for a short while, because the next region usually follows at once, and
// then parks, because on a busy machine the processor is needed by the thread that was waited for.

#include "ponder_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#if defined(__APPLE__)
#include <pthread/qos.h>
#endif

enum {
  SPIN_NANOSECONDS = 50000,
  // Looks at the clock once in so many looks at the count.
  SPIN_BATCH = 32,
  CACHE_LINE = 64,
};

struct pk_pool {
  // Parts that nobody has claimed. Taking one and knowing which is a single exchange, and a job stays as it is until
  // its last part is done: so whoever claimed a part may read the job.
  _Alignas(CACHE_LINE) atomic_size_t unclaimed;
  _Alignas(CACHE_LINE) atomic_size_t unfinished;
  _Alignas(CACHE_LINE) pk_part run;
  void *context;
  size_t parts;

  // Threads in or on the way into `work` and `done`; the other side signals only if there are any.
  atomic_size_t parked_helpers, parked_callers;
  atomic_int stopped;
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  // Held by the caller that the pool works for.
  pthread_mutex_t turn;
  size_t helper_count;
  pthread_t helpers[];
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int has_work(pk_pool *pool) { return atomic_load(&pool->unclaimed) != 0 || atomic_load(&pool->stopped); }
static int is_done(pk_pool *pool) { return atomic_load(&pool->unfinished) == 0; }

// Waits for a condition that other threads bring about: spins, then parks.
static void wait_until(pk_pool *pool, int (*holds)(pk_pool *), atomic_size_t *parked, pthread_cond_t *signal) {
  if (holds(pool)) return;
  for (int64_t end = nanoseconds() + SPIN_NANOSECONDS; nanoseconds() < end;)
    for (int i = 0; i < SPIN_BATCH; i++) {
      if (holds(pool)) return;
      relax();
    }
  pthread_mutex_lock(&pool->lock);
  // Counted before the last look, as the other side changes the condition before it looks at the count: in the one
  // order of these four, either this thread sees the change or the other sees it parked.
  atomic_fetch_add(parked, 1);
  while (!holds(pool)) pthread_cond_wait(signal, &pool->lock);
  atomic_fetch_sub(parked, 1);
  pthread_mutex_unlock(&pool->lock);
}

static void wake(pk_pool *pool, atomic_size_t *parked, pthread_cond_t *signal) {
  if (atomic_load(parked) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(signal);
  pthread_mutex_unlock(&pool->lock);
}

// Runs parts until none is left to claim.
static void work(pk_pool *pool) {
  for (;;) {
    size_t left = atomic_load(&pool->unclaimed);
    do
      if (left == 0) return;
    while (!atomic_compare_exchange_weak(&pool->unclaimed, &left, left - 1));
    pool->run(pool->context, pool->parts - left);
    if (atomic_fetch_sub(&pool->unfinished, 1) == 1) wake(pool, &pool->parked_callers, &pool->done);
  }
}

static void *help(void *argument) {
  pk_pool *pool = argument;
#if defined(__APPLE__)
  pthread_set_qos_class_self_np(QOS_CLASS_USER_INITIATED, 0);
#endif
  while (!atomic_load(&pool->stopped)) {
    work(pool);
    wait_until(pool, has_work, &pool->parked_helpers, &pool->work);
  }
  return 0;
}

pk_pool *pk_pool_create(size_t helpers) {
  void *memory;
  size_t size = sizeof(pk_pool) + helpers * sizeof(pthread_t);
  if (posix_memalign(&memory, CACHE_LINE, size)) return 0;
  pk_pool *pool = memory;
  atomic_init(&pool->unclaimed, 0);
  atomic_init(&pool->unfinished, 0);
  atomic_init(&pool->parked_helpers, 0);
  atomic_init(&pool->parked_callers, 0);
  atomic_init(&pool->stopped, 0);
  pthread_mutex_init(&pool->lock, 0);
  pthread_mutex_init(&pool->turn, 0);
  pthread_cond_init(&pool->work, 0);
  pthread_cond_init(&pool->done, 0);
  pool->helper_count = 0;
  while (pool->helper_count < helpers && !pthread_create(&pool->helpers[pool->helper_count], 0, help, pool))
    pool->helper_count++;
  return pool;
}

void pk_pool_run(pk_pool *pool, size_t parts, pk_part part, void *context) {
  if (parts <= 1 || pthread_mutex_trylock(&pool->turn)) {
    for (size_t i = 0; i < parts; i++) part(context, i);
    return;
  }
  pool->run = part;
  pool->context = context;
  pool->parts = parts;
  atomic_store(&pool->unfinished, parts);
  atomic_store(&pool->unclaimed, parts);
  wake(pool, &pool->parked_helpers, &pool->work);
  work(pool);
  wait_until(pool, is_done, &pool->parked_callers, &pool->done);
  pthread_mutex_unlock(&pool->turn);
}

void pk_pool_destroy(pk_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stopped, 1);
  wake(pool, &pool->parked_helpers, &pool->work);
  for (size_t i = 0; i < pool->helper_count; i++) pthread_join(pool->helpers[i], 0);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->turn);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}
