#ifndef PONDER_POOL_H
#define PONDER_POOL_H

#include <stddef.h>

/// Threads that help whoever calls, for regions of some microseconds that follow each other closely.
typedef struct pk_pool pk_pool;

/// One part of a region. Which thread runs it is left to chance.
typedef void (*pk_part)(void *context, size_t part);

/// A pool of `helpers` threads beside the caller's. Null when there is no memory; fewer threads when the system gives
/// no more.
pk_pool *pk_pool_create(size_t helpers);

/// Runs `part` for each number below `parts`, on the calling thread and on the helpers, and returns when all are done.
///
/// May be called from any thread, within a part too; while the pool works for one caller, others do all of their work
/// themselves.
void pk_pool_run(pk_pool *pool, size_t parts, pk_part part, void *context);

/// Ends the threads. Nobody may be running anything.
void pk_pool_destroy(pk_pool *pool);

#endif
