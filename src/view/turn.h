/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One at a time, for as long as it takes: who waits can be cancelled, so it is no lock.
 */
#ifndef ZF_VIEW_TURN_H
#define ZF_VIEW_TURN_H

#include "base/op.h"

#include <pthread.h>
#include <stdbool.h>

struct zf_turn {
	pthread_mutex_t lock;
	pthread_cond_t free;
	bool taken;
};

void zf_turn_init(struct zf_turn *turn);
void zf_turn_destroy(struct zf_turn *turn);

/* EINTR. */
int zf_turn_take(struct zf_turn *turn, struct zf_op *op);
void zf_turn_give(struct zf_turn *turn);

#endif
