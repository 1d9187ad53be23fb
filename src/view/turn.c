/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns.
 */
#include "view/turn.h"

#include <time.h>

enum { WAIT_NS = 50 * 1000 * 1000 }; /* how often who waits looks whether to go on */

void zf_turn_init(struct zf_turn *turn)
{
	pthread_mutex_init(&turn->lock, NULL);
	pthread_cond_init(&turn->free, NULL);
}

void zf_turn_destroy(struct zf_turn *turn)
{
	pthread_cond_destroy(&turn->free);
	pthread_mutex_destroy(&turn->lock);
}

int zf_turn_take(struct zf_turn *turn, struct zf_op *op)
{
	struct timespec until;
	int result = 0;

	pthread_mutex_lock(&turn->lock);
	while (result == 0 && turn->taken) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WAIT_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&turn->free, &turn->lock, &until);
		result = zf_op_check(op);
	}
	if (result == 0)
		turn->taken = true;
	pthread_mutex_unlock(&turn->lock);
	return result;
}

void zf_turn_give(struct zf_turn *turn)
{
	pthread_mutex_lock(&turn->lock);
	turn->taken = false;
	pthread_cond_signal(&turn->free);
	pthread_mutex_unlock(&turn->lock);
}
