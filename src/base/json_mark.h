/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first character of a string that stands for a number in a JSON tree: what no double or int64 holds
 * exactly is kept as text (meta/json.h). Here for codecs, whose configurations have numbers too.
 */
#ifndef ZF_BASE_JSON_MARK_H
#define ZF_BASE_JSON_MARK_H

#define ZF_JSON_MARK '\x7f'

#endif
