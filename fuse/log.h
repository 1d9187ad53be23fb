/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: stderr in the foreground, else syslog. A flood is cut: beyond some messages a second they are
 * counted only.
 */
#ifndef ZARRFS_LOG_H
#define ZARRFS_LOG_H

#include "zarrfs.h"

#include <pthread.h>
#include <time.h>

enum { LOG_PER_SECOND = 10 };

struct log {
	pthread_mutex_t lock;
	bool syslog, debug;
	time_t second;       /* of the messages counted; monotonic */
	unsigned count;      /* messages in that second */
	uint64_t suppressed; /* messages left out and not yet told of */
};

/* Starts on stderr. debug: messages of that level too, and no limit. */
void log_init(struct log *log, bool debug);

/* From now on to syslog. */
void log_to_syslog(struct log *log);

/* One line. */
void log_line(struct log *log, enum zf_level level, const char *line);
void log_format(struct log *log, enum zf_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Tells what was left out. */
void log_finish(struct log *log);

/* For zf_config: arg is the struct log. */
void log_library(void *arg, enum zf_level level, const char *line);

#endif
