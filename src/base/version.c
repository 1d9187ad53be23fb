/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The version, as configure knows it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "zarrfs.h"

const char *zf_version(void)
{
#ifdef PACKAGE_VERSION
	return PACKAGE_VERSION;
#else
	return "unknown";
#endif
}
