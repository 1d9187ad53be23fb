/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that have no name.
 */
#ifndef ZF_BASE_TEMP_FILE_H
#define ZF_BASE_TEMP_FILE_H

/* A new empty file for reading and writing, in TMPDIR, else /var/tmp, that is gone when it is closed. -1 and
 * errno. */
int zf_temp_file(void);

#endif
