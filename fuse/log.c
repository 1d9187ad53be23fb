/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log.
 */
#include "log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

void log_init(struct log *log, bool debug)
{
	*log = (struct log){ .debug = debug };
	pthread_mutex_init(&log->lock, NULL);
}

void log_to_syslog(struct log *log)
{
	openlog("zarrfs", LOG_PID, LOG_DAEMON);
	log->syslog = true;
}

static void write_line(const struct log *log, enum zf_level level, const char *line)
{
	static const int priority[] = {
		[ZF_LOG_ERROR] = LOG_ERR,
		[ZF_LOG_WARNING] = LOG_WARNING,
		[ZF_LOG_INFO] = LOG_INFO,
		[ZF_LOG_DEBUG] = LOG_DEBUG,
	};

	if (log->syslog)
		syslog(priority[level], "%s", line);
	else
		fprintf(stderr, "zarrfs: %s\n", line);
}

/* With the lock held. */
static void tell_suppressed(struct log *log)
{
	char line[64];

	if (log->suppressed == 0)
		return;
	snprintf(line, sizeof line, "%" PRIu64 " more messages suppressed", log->suppressed);
	log->suppressed = 0;
	write_line(log, ZF_LOG_WARNING, line);
}

/* With the lock held: whether this second has room for one more. */
static bool has_room(struct log *log)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != log->second) {
		log->second = now.tv_sec;
		log->count = 0;
		tell_suppressed(log);
	}
	return log->debug || log->count++ < LOG_PER_SECOND;
}

void log_line(struct log *log, enum zf_level level, const char *line)
{
	if (level == ZF_LOG_DEBUG && !log->debug)
		return;
	pthread_mutex_lock(&log->lock);
	if (has_room(log))
		write_line(log, level, line);
	else
		log->suppressed++;
	pthread_mutex_unlock(&log->lock);
}

void log_format(struct log *log, enum zf_level level, const char *fmt, ...)
{
	char line[ZF_OP_TEXT + 256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	log_line(log, level, line);
}

void log_finish(struct log *log)
{
	pthread_mutex_lock(&log->lock);
	tell_suppressed(log);
	pthread_mutex_unlock(&log->lock);
	pthread_mutex_destroy(&log->lock);
}

void log_library(void *arg, enum zf_level level, const char *line)
{
	log_line(arg, level, line);
}
